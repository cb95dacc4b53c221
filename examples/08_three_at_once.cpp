// Downloads three files at once; Ctrl-C ends all of them, and each may take ten minutes.
//   08_three_at_once API_ID API_HASH LINK LINK LINK
#include "example.hpp"

#include <mtproto/printable.hpp>
#include <mtproto/sink/file.hpp>
#include <mtproto/sink/pump.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <csignal>
#include <iostream>

const char* const usage = "LINK LINK LINK";

// `a && b` waits for both; `a || b` for one, and cancels the other.
using namespace asio::experimental::awaitable_operators;

asio::awaitable<void> download(mtproto::client& tg, std::string link) {
    const mtproto::media file = co_await tg.resolve(std::move(link));
    mtproto::byte_stream bytes = tg.open(file);
    // The sender chose the name: nothing is replaced. A download that ends early leaves nothing behind.
    mtproto::sink::file out(file.name, mtproto::sink::existing_file::keep);
    co_await mtproto::sink::pump(bytes, out);
    std::cout << mtproto::printable(out.name().string()) << " is here\n";
}

/// Tells of a failure, and does not throw it: it would end the other downloads, too.
asio::awaitable<void> try_download(mtproto::client& tg, std::string link) {
    try {
        co_await download(tg, link);
    } catch (const mtproto::error& failed) {  // errc::cancelled after Ctrl-C, and after ten minutes
        std::cerr << mtproto::printable(link + ": " + failed.what()) << "\n";
    }
}

asio::awaitable<void> within(std::chrono::steady_clock::duration limit, asio::awaitable<void> task) {
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    co_await (std::move(task) || timer.async_wait(asio::use_awaitable));
}

asio::awaitable<void> example(mtproto::config settings, std::vector<std::string> links) {
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await sign_in(tg);
    asio::signal_set signals(tg.get_executor(), SIGINT, SIGTERM);
    using namespace std::chrono_literals;
    // They share the client's connections and its byte_budget.
    co_await ((within(10min, try_download(tg, links[0])) && within(10min, try_download(tg, links[1])) &&
               within(10min, try_download(tg, links[2]))) ||
              signals.async_wait(asio::use_awaitable));
}
