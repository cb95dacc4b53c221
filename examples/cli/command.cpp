// Runs one command to its end, whichever that is.
#include "command.hpp"

#include "account_files.hpp"
#include "progress_bar.hpp"
#include "session.hpp"
#include "signals.hpp"
#include "text.hpp"

#ifdef MTPIPE_WITH_WEBSOCKET
#include <mtproto/websocket.hpp>
#endif

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <optional>
#include <utility>

namespace mtpipe {
namespace {

namespace asio = boost::asio;

/// The code and the words of whatever a command threw.
command_error told_of(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const unfinished& left) {
        command_error told = told_of(left.why);
        told.message += "; " + left.next;
        return told;
    } catch (const command_error& own) {
        return own;
    } catch (const mtproto::error& failed) {
        return {code_for(failed.info()), explain(failed.info())};
    } catch (const std::bad_alloc&) {
        return {exit_code::failed, "out of memory; lower --budget or --connections"};
    } catch (const std::exception& failed) {
        return {exit_code::failed, failed.what()};
    }
}

/// "; " and what to do with what an interrupted command left, if anything.
std::string left_behind(const std::exception_ptr& thrown) {
    try {
        if (thrown) std::rethrow_exception(thrown);
    } catch (const unfinished& left) {
        return "; " + left.next;
    } catch (...) {
    }
    return "";
}

/// What a user has to know and the command goes on after, as a session that cannot be saved: said once.
void print_errors(mtproto::log_level level, std::string_view line) {
    if (level == mtproto::log_level::error)
        std::fprintf(stderr, "mtpipe: warning: %s\n", printable(line).c_str());
}

mtproto::transport transport_of(std::string_view name) {
    if (name == "abridged") return mtproto::transport::abridged;
    if (name == "padded") return mtproto::transport::padded_intermediate;
    if (name == "full") return mtproto::transport::full;
    return mtproto::transport::intermediate;
}

}  // namespace

int fail(exit_code code, std::string_view message) {
    std::fprintf(stderr, "mtpipe: %s\n", printable(message).c_str());
    return static_cast<int>(code);
}

int ended_by(const std::exception_ptr& thrown) {
    const command_error told = told_of(thrown);
    return fail(told.code, told.message);
}

void flush_output() {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
    throw command_error{exit_code::failed,
                        "cannot write to standard output: " + std::generic_category().message(errno)};
}

void ignore_signals_of_writes() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

int run(const std::function<asio::awaitable<void>(asio::any_io_executor)>& command) {
    ignore_signals_of_writes();
    try {
        asio::io_context context(1);
        asio::cancellation_signal cancel;
        std::optional<interruption> interrupted(
            std::in_place, context, [&cancel] { cancel.emit(asio::cancellation_type::terminal); });
        std::exception_ptr thrown;
        asio::co_spawn(context, command(context.get_executor()),
                       asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr failed) {
                           thrown = std::move(failed);
                           interrupted->stop();
                           context.stop();
                       }));
        context.run();
        const int signal = interrupted->signal();
        interrupted.reset();  // what is left to be printed holds nobody up
        if (signal != 0)
            return fail(static_cast<exit_code>(128 + signal), "interrupted" + left_behind(thrown));
        if (thrown) return ended_by(thrown);
        flush_output();
        return 0;
    } catch (...) {
        return ended_by(std::current_exception());
    }
}

mtproto::wait_callback waits_shown_by(progress_bar& bar) {
    return [&bar](const std::optional<mtproto::wait_info>& present) {
        if (!is_ending()) bar.wait(present);
    };
}

std::string log_line(mtproto::log_level level, std::string_view line) {
    static constexpr const char* names[] = {"debug", "info", "warning", "error"};
    return std::string(names[static_cast<int>(level)]) + ": " + printable(line);
}

void print_log(mtproto::log_level level, std::string_view line) {
    std::fprintf(stderr, "%s\n", log_line(level, line).c_str());
}

known_cluster servers_of(const connection_arguments& from) {
    if (!from.dc_info.empty()) return read_cluster(from.dc_info);
    return {mtproto::cluster::production(), {}};
}

asio::awaitable<mtproto::config> client_config(asio::any_io_executor executor, connection_arguments from,
                                               std::shared_ptr<mtproto::session_store> session) {
    mtproto::config made;
    made.api.id = from.api_id;
    made.api.hash = from.api_hash;
    known_cluster known = servers_of(from);
    made.servers = std::move(known.servers);
    if (from.websocket && !from.dc_info.empty() && known.websocket_certificate.empty())
        throw command_error{exit_code::usage, "the cluster of --dc-info takes no WebSockets"};
    if (!from.dc_info.empty()) {
        if (made.api.id == 0) made.api.id = 1;  // a local cluster takes any
        if (made.api.hash.empty()) made.api.hash = "local";
    } else if (made.api.id == 0 || made.api.hash.empty()) {
        throw command_error{
            exit_code::usage,
            "Telegram wants to know which application this is: get an api_id and api_hash at "
            "https://my.telegram.org (API development tools) and give them as --api-id and --api-hash, "
            "or in MTPROTO_API_ID and MTPROTO_API_HASH"};
    }
    made.transport = transport_of(from.transport);
    made.obfuscated = from.obfuscated;
#ifdef MTPIPE_WITH_WEBSOCKET
    if (from.websocket) made.websocket = mtproto::websocket_over_tls(known.websocket_certificate);
#endif
    made.forward_secrecy = from.forward_secrecy;
    if (!from.proxy.empty()) {
        mtproto::outcome<mtproto::proxy> read = mtproto::parse_proxy_link(from.proxy);
        if (!read) throw command_error{exit_code::usage, from.proxy_origin + ": " + read.error().detail};
        made.proxy = std::move(*read);
    }
    made.session = std::move(session);
    if (!made.session) {
        made.session = co_await open_session(executor, from, made.servers);
        const account_files files(from.account, mtproto::cluster_name(made.servers));
        made.peers = read_peers(files);
        mark_used(files);
    }
    made.max_wait = from.max_wait;
    made.device_model = "mtpipe";
    made.log = from.verbose ? print_log : print_errors;
    co_return made;
}

}  // namespace mtpipe
