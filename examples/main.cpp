// main() of the examples: runs one coroutine to its end, and tells what went wrong.
//   NAME API_ID API_HASH ARGUMENTS      the application's credentials, from https://my.telegram.org
//   NAME --local FOLDER ARGUMENTS       without an account: a data centre of one's own serves FOLDER
// Links to FOLDER's files are https://t.me/demo/2, /3 and so on, in the order of their names.
#include "example.hpp"

#include <mtproto/printable.hpp>
#ifdef EXAMPLES_WITH_LOCAL_DC
#include <mtproto/local_dc.hpp>
#endif

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <charconv>
#include <chrono>
#include <exception>
#include <iostream>
#include <iterator>
#include <optional>
#include <sstream>

namespace {

/// Asks on the terminal, where it may stop the program for a while; an application asks otherwise.
class questions final : public mtproto::login_ui {
  public:
    using answer = std::optional<std::string>;

    asio::awaitable<answer> phone_number() override { co_return ask("phone number"); }
    asio::awaitable<answer> code(const mtproto::code_info& about) override {
        co_return ask("the code: " + mtproto::printable(describe(about)));
    }
    asio::awaitable<answer> password(const std::string&) override { co_return ask("password (it is shown)"); }
    void wrong(const std::string& reason) override { std::cerr << mtproto::printable(reason) << "\n"; }

  private:
    static answer ask(const std::string& question) {
        std::cerr << question << ": ";
        answer line(std::in_place);
        if (!std::getline(std::cin, *line)) line.reset();  // gives up
        return line;
    }
};

int run(asio::io_context& context, asio::awaitable<void> task) try {
    asio::co_spawn(context, std::move(task), [&](std::exception_ptr failed) {
        context.stop();
        if (failed) std::rethrow_exception(failed);
    });
    context.run();
    return 0;
} catch (const std::exception& failed) {
    std::cerr << mtproto::printable(failed.what()) << "\n";
    return 1;
}

std::ptrdiff_t words_of(const std::string& text) {
    std::istringstream words(text);
    return std::distance(std::istream_iterator<std::string>(words), {});
}

int explain(const char* name) {
    std::cerr << "usage: " << name << " API_ID API_HASH " << usage << "\n   or: " << name
              << " --local FOLDER " << usage << "\n";
    return 2;
}

#ifdef EXAMPLES_WITH_LOCAL_DC
/// Knows the answers.
class local_answers final : public mtproto::login_ui {
  public:
    using answer = std::optional<std::string>;

    asio::awaitable<answer> phone_number() override { co_return "+15550001"; }
    asio::awaitable<answer> code(const mtproto::code_info&) override { co_return "12345"; }
    asio::awaitable<answer> password(const std::string&) override { co_return std::nullopt; }
    void wrong(const std::string&) override {}
};

/// Lets the example find somebody logged in.
asio::awaitable<void> log_in_first(mtproto::config settings, std::vector<std::string> arguments) {
    {
        mtproto::client tg(co_await asio::this_coro::executor, settings);
        local_answers ui;
        co_await tg.connect();
        co_await tg.login(ui);
    }
    co_await example(std::move(settings), std::move(arguments));
}

int run_locally(std::string folder, std::vector<std::string> arguments) {
    asio::io_context context(1);
    mtproto::local_dc_options options;
    options.folder = std::move(folder);
    options.rtt = std::chrono::milliseconds(40);
    std::optional<mtproto::local_dc> servers;
    try {
        servers.emplace(context.get_executor(), std::move(options));
        servers->start();
    } catch (const mtproto::error& failed) {
        std::cerr << mtproto::printable(failed.what()) << "\n";
        return 1;
    }
    mtproto::config settings;
    settings.api.id = 1;  // it takes any
    settings.api.hash = "any";
    settings.session = mtproto::memory_session();
    settings.servers = {};
    settings.servers.home_dc = servers->info().home_dc;
    settings.servers.rsa_public_keys = {servers->info().rsa_public_key};
    for (const auto& dc : servers->info().dcs)
        settings.servers.addresses.push_back({dc.id, dc.host, dc.port, false});
    return run(context, log_in_first(std::move(settings), std::move(arguments)));
}
#endif

}  // namespace

asio::awaitable<void> sign_in(mtproto::client& tg) {
    co_await tg.connect();
    if (co_await tg.authorized()) co_return;
    questions ui;
    co_await tg.login(ui);
}

int main(int argc, char** argv) {
    const std::vector<std::string> given(argv + 1, argv + argc);
    if (argc != 3 + words_of(usage)) return explain(argv[0]);
    std::vector<std::string> arguments(given.begin() + 2, given.end());
    if (given[0] == "--local") {
#ifdef EXAMPLES_WITH_LOCAL_DC
        return run_locally(given[1], std::move(arguments));
#else
        std::cerr << "built without the local data centre\n";
        return 2;
#endif
    }
    mtproto::config settings;
    const auto read = std::from_chars(given[0].data(), given[0].data() + given[0].size(), settings.api.id);
    if (read.ec != std::errc() || *read.ptr != '\0') return explain(argv[0]);
    settings.api.hash = given[1];
    settings.session = mtproto::file_session("me.session");
    asio::io_context context(1);
    return run(context, example(std::move(settings), std::move(arguments)));
}
