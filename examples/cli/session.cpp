// Finds the session and its passphrase; gives it another one.
#include "session.hpp"

#include "account_files.hpp"
#include "command.hpp"
#include "read_file.hpp"
#include "terminal.hpp"

#include <fmt/core.h>
#include <openssl/crypto.h>

#include <cstdlib>
#include <cstring>

namespace mtpipe {
namespace {

namespace asio = boost::asio;
constexpr const char* passphrase_variable = "MTPIPE_PASSPHRASE";
constexpr std::size_t longest_passphrase = 4096;

/// Overwritten when it goes.
struct passphrase {
    passphrase() = default;
    explicit passphrase(std::string given) : text(std::move(given)) {}
    passphrase(passphrase&& other) noexcept : text(std::move(other.text)) {}
    passphrase& operator=(passphrase&& other) noexcept {
        text.swap(other.text);
        return *this;
    }
    ~passphrase() { OPENSSL_cleanse(text.data(), text.capacity()); }

    std::string text;  ///< empty: none
};

std::shared_ptr<mtproto::session_store> store_of(const std::string& account, const passphrase& under) {
    return under.text.empty() ? mtproto::file_session(session_base(account))
                              : mtproto::file_session(session_base(account), under.text);
}

asio::awaitable<passphrase> passphrase_in(asio::any_io_executor executor, std::string file) {
    std::string line = co_await first_line_of(executor, std::move(file), longest_passphrase);
    co_return passphrase(std::move(line));
}

asio::awaitable<passphrase> asked(asio::any_io_executor executor, std::string question) {
    line_input input(executor);
    std::optional<std::string> typed = co_await input.ask(std::move(question), false);
    if (!typed || typed->empty())
        throw command_error{exit_code::usage, "a passphrase has at least one letter"};
    co_return passphrase(std::move(*typed));
}

asio::awaitable<passphrase> current_passphrase(asio::any_io_executor executor,
                                               const connection_arguments& from, std::string cluster) {
    if (!from.passphrase_file.empty()) co_return co_await passphrase_in(executor, from.passphrase_file);
    if (char* set = std::getenv(passphrase_variable); set != nullptr && *set != '\0') {
        passphrase given{std::string(set)};
        OPENSSL_cleanse(set, std::strlen(set));  // nobody needs it there any more
        co_return given;
    }
    if (!mtproto::session_is_encrypted(session_base(from.account), cluster)) co_return passphrase();
    if (!line_input::is_terminal())
        throw command_error{exit_code::not_logged_in,
                            fmt::format("the session is encrypted; give its passphrase with "
                                        "--passphrase-file FILE, or in {}",
                                        passphrase_variable)};
    co_return co_await asked(executor, "Passphrase of the session");
}

asio::awaitable<passphrase> new_passphrase(asio::any_io_executor executor, passphrase_arguments given) {
    if (given.remove) co_return passphrase();
    if (!given.new_file.empty()) co_return co_await passphrase_in(executor, given.new_file);
    if (!line_input::is_terminal())
        throw command_error{exit_code::usage,
                            "say where the new passphrase is: --new-passphrase-file FILE, or --remove"};
    passphrase first = co_await asked(executor, "New passphrase");
    const passphrase again = co_await asked(executor, "The same again");
    if (first.text != again.text)
        throw command_error{exit_code::usage, "the two differ; nothing was changed, try again"};
    co_return first;
}

}  // namespace

asio::awaitable<std::shared_ptr<mtproto::session_store>> open_session(asio::any_io_executor executor,
                                                                      const connection_arguments& from,
                                                                      const mtproto::cluster& servers) {
    const passphrase under = co_await current_passphrase(executor, from, mtproto::cluster_name(servers));
    co_return store_of(from.account, under);
}

asio::awaitable<void> change_passphrase(asio::any_io_executor executor, arguments all) {
    const auto& given = std::get<passphrase_arguments>(all.command);
    const std::string cluster = mtproto::cluster_name(servers_of(all.connection).servers);
    const passphrase before = co_await current_passphrase(executor, all.connection, cluster);
    // One that is given for a session without any, as by the environment, opens nothing.
    const bool encrypted = mtproto::session_is_encrypted(session_base(all.connection.account), cluster);
    const passphrase none;
    const passphrase& from = encrypted ? before : none;
    auto session = mtproto::read_session(session_base(all.connection.account), cluster,
                                         from.text);  // before anything is asked
    if (!session) throw mtproto::error(session.error());
    if (!*session) throw command_error{exit_code::not_logged_in, "there is no session; run `mtpipe login`"};
    for (auto& [dc, kept] : (*session)->dcs)
        OPENSSL_cleanse(kept.auth_key.data(), kept.auth_key.size());
    const passphrase after = co_await new_passphrase(executor, given);
    const auto changed =
        mtproto::change_passphrase(session_base(all.connection.account), cluster, from.text, after.text);
    if (!changed) throw mtproto::error(changed.error());
    fmt::print("{}\n",
               after.text.empty() ? "the session is no longer encrypted" : "the session is encrypted");
}

}  // namespace mtpipe
