// Connects to Telegram and asks which data centre is nearest: the smallest program there is.
//   01_connect API_ID API_HASH
#include "example.hpp"

#include <mtproto/api.hpp>

#include <iostream>

const char* const usage = "";

asio::awaitable<void> example(mtproto::config settings, std::vector<std::string>) {
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await tg.connect();

    // Any method of the API by its own name; no login is needed for this one.
    mtproto::tl::help::getNearestDc request;
    const mtproto::tl::nearestDc answer = co_await tg.call(request);
    std::cout << "you are in " << answer.country << ", near DC " << answer.nearest_dc << "\n";
}
