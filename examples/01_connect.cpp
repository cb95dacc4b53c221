// Connects to Telegram and asks which data centre is nearest: the smallest program there is.
//   01_connect API_ID API_HASH
#include <mtproto/client.hpp>
#include <mtproto/printable.hpp>
#include <mtproto/raw.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>

namespace asio = boost::asio;

asio::awaitable<void> nearest(mtproto::config settings) {
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await tg.connect();

    // Any method of the API by its own name; no login is needed for this one.
    mtproto::tl::help::getNearestDc request;
    const mtproto::tl::nearestDc answer = co_await tg.call(request);
    std::cout << "you are in " << answer.country << ", near DC " << answer.nearest_dc << "\n";
}

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: 01_connect API_ID API_HASH (from https://my.telegram.org)\n";
        return 2;
    }
    mtproto::config settings;
    settings.api.id = std::atoi(argv[1]);
    settings.api.hash = argv[2];
    settings.session = mtproto::file_session("me.session");

    asio::io_context context(1);
    try {
        asio::co_spawn(context, nearest(std::move(settings)), [&](std::exception_ptr failed) {
            context.stop();
            if (failed) std::rethrow_exception(failed);
        });
        context.run();
    } catch (const std::exception& failed) {
        std::cerr << mtproto::printable(failed.what()) << "\n";
        return 1;
    }
}
