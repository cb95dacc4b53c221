// A test of one's own code against a cluster of one's own: no ports, and an hour passes in a second.
//   11_own_test
#include <mtproto/testing.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// The code under test: how many bytes the film has that really come.
asio::awaitable<std::int64_t> bytes_of_film(mtproto::client& tg) {
    co_await tg.connect();
    if (!co_await tg.authorized()) co_await tg.login_bot("1:any");
    const mtproto::media film = co_await tg.resolve("https://t.me/demo/2");
    mtproto::byte_stream bytes = tg.open(film);
    std::int64_t count = 0;
    while (const std::optional<mtproto::chunk> part = co_await bytes.next())
        count += static_cast<std::int64_t>(part->data.size());
    co_return count;
}

void require(bool good, const char* sentence) {
    std::cout << (good ? "ok: " : "FAILED: ") << sentence << "\n";
    if (!good) std::exit(1);
}

int main() try {
    mtproto::testing::world world;
    mtproto::local_dc_options options;
    options.generated_files.push_back({"film.mkv", 3 << 20, 1});
    options.rtt = 80ms;
    // The grammar is in docs/testing.md of the library.
    options.scenario =
        "on getFile 3: flood-wait 3600\n"
        "after 8 packets on media connections: close\n";
    const mtproto::local_dc cluster = world.cluster(options);

    mtproto::config settings;
    settings.max_wait = 2h;
    mtproto::client tg = world.client(cluster, settings);
    const mtproto::time_point began = world.now();
    require(world.run(bytes_of_film(tg)) == 3 << 20,
            "all bytes come, though connections end and servers ask to wait");
    require(world.now() - began > 1h, "a flood wait is waited out");
} catch (const std::exception& failed) {
    std::cerr << failed.what() << "\n";
    return 1;
}
