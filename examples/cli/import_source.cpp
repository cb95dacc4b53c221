// Reads what is to be imported, and asks for its passcode.
#include "import_source.hpp"

#include "exit_code.hpp"
#include "read_file.hpp"
#include "terminal.hpp"

#include <fmt/core.h>
#include <openssl/crypto.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mtpipe {
namespace {

namespace asio = boost::asio;

constexpr std::size_t longest_passcode = 4096, largest_input = 64u << 20, longest_path = 200;

/// Overwritten when it goes.
struct secret_text {
    secret_text() = default;
    explicit secret_text(std::string given) : text(std::move(given)) {}
    secret_text(const secret_text&) = delete;
    secret_text& operator=(const secret_text&) = delete;
    ~secret_text() { OPENSSL_cleanse(text.data(), text.capacity()); }
    std::string text;
};

/// A path has a dot or a slash somewhere, or is short.
bool looks_like_a_secret(std::string_view source) {
    return source.size() > longest_path && source.find('/') == source.npos && source.find('.') == source.npos;
}

/// All of standard input.
void read_input(std::string& to) {
    std::array<char, 1 << 16> some;
    for (;;) {
        const auto got = ::read(STDIN_FILENO, some.data(), some.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            throw command_error{exit_code::usage,
                                "cannot read standard input: " + std::generic_category().message(errno)};
        if (got == 0) return;
        to.append(some.data(), static_cast<std::size_t>(got));
        OPENSSL_cleanse(some.data(), some.size());
        if (to.size() > largest_input)
            throw command_error{exit_code::usage, "standard input is longer than any session; name the file"};
    }
}

mtproto::outcome<mtproto::foreign_session> read(const accounts_arguments& given, const std::string& input,
                                                const std::string& passcode) {
    if (given.source == "-") return mtproto::read_foreign_session(mtproto::as_bytes(input), passcode);
    return mtproto::read_foreign_session(std::filesystem::path(given.source), passcode);
}

}  // namespace

asio::awaitable<mtproto::foreign_session> read_source(asio::any_io_executor executor,
                                                      const accounts_arguments& given) {
    if (looks_like_a_secret(given.source))
        throw command_error{
            exit_code::usage,
            "this looks like a session, which does not belong on a command line, where every user "
            "can read it; give - and the session on standard input"};
    secret_text input;
    line_input lines(executor);
    if (given.source == "-" && line_input::is_terminal()) {
        auto typed = co_await lines.ask("Session string", false);
        input.text = std::move(typed).value_or("");
    } else if (given.source == "-") {
        read_input(input.text);
    }
    secret_text passcode;
    if (!given.passcode_file.empty())
        passcode.text = co_await first_line_of(executor, given.passcode_file, longest_passcode);
    auto found = read(given, input.text, passcode.text);
    const bool is_locked = !found && found.error().code == mtproto::errc::password_needed;
    if (is_locked && given.passcode_file.empty() && line_input::is_terminal()) {
        auto typed = co_await lines.ask("Its passcode, or database key", false);
        passcode.text = std::move(typed).value_or("");
        found = read(given, input.text, passcode.text);
    } else if (is_locked && given.passcode_file.empty()) {
        throw command_error{exit_code::usage, found.error().detail + " with --passcode-file FILE"};
    }
    if (!found) throw command_error{exit_code::usage, found.error().detail};
    co_return std::move(*found);
}

}  // namespace mtpipe
