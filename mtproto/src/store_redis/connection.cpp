// Connects, introduces itself, asks, and says in words what a server's refusal means.
#include "store_redis/connection.hpp"

#include "tls/handshake.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <hiredis/hiredis.h>
#include <span>
#include <string_view>

namespace mtproto::store_redis {
namespace {

namespace asio = boost::asio;

/// The command as it is sent; empty when there is no memory.
std::string formatted(const std::vector<std::string>& command) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string& each : command) {
        texts.push_back(each.data());
        sizes.push_back(each.size());
    }
    char* made = nullptr;
    const int size =
        redisFormatCommandArgv(&made, static_cast<int>(command.size()), texts.data(), sizes.data());
    if (size < 0) return {};
    std::string text(made, static_cast<std::size_t>(size));
    redisFreeCommand(made);
    return text;
}

/// The first word of a server's error. The rest may quote what we sent, a password even.
std::string_view word_of(const std::string& error) {
    const auto plain = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto end = std::find_if_not(error.begin(), error.end(), plain);
    return std::string_view(error).substr(
        0, std::min<std::size_t>(32, static_cast<std::size_t>(end - error.begin())));
}

std::string meaning_of(const std::string& error) {
    const std::string_view word = word_of(error);
    if (word == "NOAUTH") return "wants a password; give it in the URL";
    if (word == "WRONGPASS") return "refuses the user or the password of the URL";
    if (word == "NOPERM") return "does not let this user do that; it needs the keys mtproto:* and EVAL";
    if (word == "LOADING") return "is still reading its data; try again in a while";
    if (word == "READONLY") return "is a replica, which takes no leases; name the first server";
    if (word == "OOM" || word == "MISCONF") return "cannot store anything: it is full, or cannot save";
    if (word == "BUSY") return "is busy with a script that does not come to an end";
    return "refuses the request (" + std::string(word.empty() ? "without a word" : word) + ")";
}

}  // namespace

std::vector<std::string> script(const char* text, std::vector<std::string> keys,
                                std::vector<std::string> arguments) {
    std::vector<std::string> made{"EVAL", text, std::to_string(keys.size())};
    made.insert(made.end(), keys.begin(), keys.end());
    made.insert(made.end(), arguments.begin(), arguments.end());
    return made;
}

connection::connection(address to, duration timeout)
    : to_(std::move(to)), name_(to_.name()), timeout_(timeout), net_(loop_.get_executor()) {}

outcome<std::unique_ptr<connection>> connection::make(const redis_options& options) {
    outcome<address> to = address_of(options.url);
    if (!to) return to.error();
    std::unique_ptr<connection> made(new connection(std::move(*to), options.timeout));
    if (!made->to_.tls) return made;
    asio::ssl::context& tls = made->tls_.emplace(asio::ssl::context::tls_client);
    boost::system::error_code why;
    tls.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, why);
    tls.set_verify_mode(asio::ssl::verify_peer);
    if (options.trusted_certificates.empty())
        tls.set_default_verify_paths(why);
    else
        tls.add_certificate_authority(asio::buffer(options.trusted_certificates), why);
    if (why)
        return failure(errc::bad_argument, "the certificates to trust for Redis are none: " + why.message());
    return made;
}

outcome<reply> connection::ask(const std::vector<std::string>& command) {
    return ask(command, system_clock().now() + 2 * timeout_);
}

outcome<reply> connection::ask(const std::vector<std::string>& command, time_point deadline) {
    const auto next = [&] { return std::min(deadline, system_clock().now() + timeout_); };
    const bool idle = stream_ != nullptr;
    outcome<reply> answer = once(command, next());
    // The server may have begun anew since.
    if (idle && !stream_ && system_clock().now() < deadline) answer = once(command, next());
    if (answer && answer->kind == reply::kind::error) return failed(meaning_of(answer->text));
    return answer;
}

outcome<reply> connection::once(const std::vector<std::string>& command, time_point deadline) {
    std::optional<outcome<reply>> answer;
    asio::cancellation_signal stop;
    loop_.restart();
    asio::co_spawn(
        loop_, talk(command),
        asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr& thrown, outcome<reply> made) {
            if (!thrown) answer.emplace(std::move(made));
        }));
    loop_.run_until(deadline);
    const bool late = !answer;
    if (late) {
        stop.emit(asio::cancellation_type::terminal);
        if (stream_) stream_->close();
        loop_.restart();
        loop_.run();
    }
    if (late || !*answer) stream_.reset();
    if (late) return failed("does not answer in time");
    return std::move(*answer);
}

io::awaitable<outcome<reply>> connection::talk(const std::vector<std::string>& command) {
    if (!stream_) {
        if (const outcome<void> opened = co_await open(); !opened) co_return opened.error();
        if (const outcome<void> known = co_await introduce(); !known) co_return known.error();
    }
    co_return co_await exchange(command);
}

io::awaitable<outcome<void>> connection::open() {
    reader_ = reply_reader();
    const io::endpoint where{to_.host, to_.port};
    result<std::unique_ptr<io::stream>> made = co_await net_.connect(where);
    if (!made) co_return failed("cannot be reached: " + made.error().message());
    stream_ = std::move(*made);
    if (!tls_) co_return outcome<void>{};
    tls::secured over = co_await tls::connect_tls(*tls_, stream_, to_.host);
    if (!over.stream) co_return failed("gives no TLS that can be trusted: " + over.why.message());
    stream_ = std::move(over.stream);
    co_return outcome<void>{};
}

io::awaitable<outcome<void>> connection::introduce() {
    std::vector<std::vector<std::string>> words;
    if (!to_.password.empty() && to_.user.empty()) words.push_back({"AUTH", to_.password});
    if (!to_.user.empty()) words.push_back({"AUTH", to_.user, to_.password});
    if (to_.database != 0) words.push_back({"SELECT", std::to_string(to_.database)});
    for (const std::vector<std::string>& each : words) {
        const outcome<reply> answer = co_await exchange(each);
        if (!answer) co_return answer.error();
        if (answer->kind != reply::kind::error) continue;
        const bool known = word_of(answer->text) != "ERR";
        const char* const why = each.front() == "AUTH" ? "refuses the user or the password of the URL"
                                                       : "has no database of the URL's number";
        co_return failed(known ? meaning_of(answer->text) : why);
    }
    co_return outcome<void>{};
}

io::awaitable<outcome<reply>> connection::exchange(const std::vector<std::string>& command) {
    const std::string text = formatted(command);
    if (text.empty()) co_return failed("is not asked: there is no memory");
    const std::array<byte_view, 1> parts{as_bytes(text)};
    const std::shared_ptr<io::stream> over = stream_;
    const result<void> sent = co_await over->write(parts);
    if (!sent) co_return failed("closed the connection");
    std::array<std::byte, 4096> room;
    for (;;) {
        result<std::optional<reply>> whole = reader_.next();
        if (!whole) co_return failed("does not answer as Redis does");
        if (*whole) co_return std::move(**whole);
        const result<std::size_t> count = co_await over->read_some(room);
        if (!count || *count == 0) co_return failed("closed the connection");
        const result<void> fed = reader_.feed(byte_view(room).first(*count));
        if (!fed) co_return failed("does not answer as Redis does");
    }
}

}  // namespace mtproto::store_redis
