// mtpipe: log in to Telegram, look at what a link points to, download it, or serve a cluster of one's own.
#include "accounts.hpp"
#include "command.hpp"
#include "signals.hpp"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <string_view>
#include <sys/prctl.h>
#include <type_traits>
#include <unistd.h>

namespace {

/// Whoever starts a program with its standard input, output or error closed must not find them to be the next
/// socket. What is opened in their place fails when it is used, as they would.
void open_missing_streams() {
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number)
        if (::fcntl(number, F_GETFD) < 0) ::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/// Keys, codes and passwords are in no core dump, and no other program of the user reads them from the
/// running one. Debuggers and profilers need MTPIPE_DUMPABLE=1.
void hide_memory() {
    const char* wanted = std::getenv("MTPIPE_DUMPABLE");
    if (wanted == nullptr || std::string_view(wanted) != "1") ::prctl(PR_SET_DUMPABLE, 0);
}

int print_help(const std::string& text) {
    try {
        std::fputs(text.c_str(), stdout);
        mtpipe::flush_output();
        return 0;
    } catch (const mtpipe::command_error& failed) {
        return mtpipe::fail(failed.code, failed.message);
    }
}

}  // namespace

int main(int argc, char** argv) {
    using namespace mtpipe;
    open_missing_streams();
    hide_memory();
    end_on_signals();
    auto parsed = parse_arguments(argc, argv);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    if (const auto* help = std::get_if<help_text>(&parsed)) return print_help(help->text);
    const auto& all = std::get<arguments>(parsed);

#ifdef MTPIPE_WITH_LOCALDC
    if (const auto* options = std::get_if<localdc_arguments>(&all.command)) return serve(*options);
#endif
    return run([&all](boost::asio::any_io_executor executor) {
        if (std::holds_alternative<login_arguments>(all.command)) return login(executor, all);
        if (std::holds_alternative<accounts_arguments>(all.command)) return accounts(executor, all);
        require_account(all.connection);
        if (std::holds_alternative<logout_arguments>(all.command)) return logout(executor, all);
        if (std::holds_alternative<info_arguments>(all.command)) return info(executor, all);
        if (std::holds_alternative<passphrase_arguments>(all.command))
            return change_passphrase(executor, all);
        return get(executor, all);
    });
}
