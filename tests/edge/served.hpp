// A local data centre with one film, on real sockets, for clients of the public headers alone.
#pragma once

#include <mtproto/local_dc.hpp>
#include <mtproto/mtproto.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace edge_test {

namespace asio = boost::asio;
using namespace mtproto;

constexpr std::int64_t film_size = 3'000'000;

/// The exception of the embedder's code: no type that the library could know.
struct foreign {
    int number = 0;
};

class served {
  public:
    explicit served(local_dc_options options = {}) {
        options.dcs = 2;
        options.generated_files.emplace_back("film.mkv", film_size, 3);
        servers.emplace(context.get_executor(), std::move(options));
        servers->start();
    }

    config settings() const {
        config made;
        made.api = {1, "hash"};
        made.servers = servers_of(servers->info());
        return made;
    }

    std::string link() const {
        return "https://t.me/demo/" + std::to_string(servers->info().messages.at(0).id);
    }

    /// Runs until `done`, ten seconds at most: a machine may be busy.
    template <class Condition>
    void run_until(Condition done) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!done() && std::chrono::steady_clock::now() < end) {
            context.restart();
            context.run_for(std::chrono::milliseconds(5));
        }
    }

    /// Runs the task to its end and gives what it throws, which must not leave run() by another way.
    std::exception_ptr thrown_by(asio::awaitable<void> task) {
        std::exception_ptr met;
        asio::co_spawn(context, std::move(task), [&](std::exception_ptr thrown) {
            met = std::move(thrown);
            context.stop();
        });
        context.restart();
        CHECK_NOTHROW(context.run());
        return met;
    }
    void run(asio::awaitable<void> task) {
        if (const std::exception_ptr thrown = thrown_by(std::move(task))) std::rethrow_exception(thrown);
    }
    std::optional<failure> failure_of(asio::awaitable<void> task) {
        try {
            run(std::move(task));
        } catch (const error& met) {
            return met.info();
        }
        return std::nullopt;
    }
    /// The number of the foreign exception that the task throws; 0 for none.
    int foreign_of(asio::awaitable<void> task) {
        try {
            run(std::move(task));
        } catch (const foreign& met) {
            return met.number;
        }
        return 0;
    }

    asio::io_context context{1};
    std::optional<local_dc> servers;
};

inline asio::awaitable<void> log_in(client& tg) {
    co_await tg.connect();
    co_await tg.login_bot("1:token");
}

inline asio::awaitable<void> find(client& tg, std::string link, media& into) {
    into = co_await tg.resolve(std::move(link));
}

inline asio::awaitable<void> read_all(byte_stream& from, std::int64_t& count) {
    while (const std::optional<chunk> part = co_await from.next())
        count += static_cast<std::int64_t>(part->data.size());
}

inline asio::awaitable<void> read_some(byte_stream& from) {
    std::byte into[1000];
    co_await from.read_at(2'000'000, into);
}

}  // namespace edge_test
