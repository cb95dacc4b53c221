// Reads any bytes of a file without the rest of it: its first 16, its last 16, and some from the middle.
//   03_range API_ID API_HASH LINK
#include "example.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>

const char* const usage = "LINK";

asio::awaitable<void> show(mtproto::byte_stream& bytes, std::int64_t offset) {
    std::array<std::byte, 16> some;
    // Servers give only whole blocks of 4 KiB; where this range begins and ends is of no concern here.
    const std::size_t got = co_await bytes.read_at(offset, some);
    std::printf("%12lld:", static_cast<long long>(offset));
    for (std::size_t i = 0; i < got; ++i)
        std::printf(" %02x", std::to_integer<unsigned>(some[i]));
    std::printf("\n");
}

asio::awaitable<void> example(mtproto::config settings, std::vector<std::string> arguments) {
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await sign_in(tg);
    const mtproto::media file = co_await tg.resolve(arguments[0]);
    mtproto::byte_stream bytes = tg.open(file);
    co_await show(bytes, 0);
    co_await show(bytes, file.size / 2 + 1);
    co_await show(bytes, std::max<std::int64_t>(file.size - 16, 0));
}
