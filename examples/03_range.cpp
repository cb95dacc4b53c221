// Reads any bytes of a file without the rest of it: its first 16, its last 16, and some from the middle.
//   03_range API_ID API_HASH LINK    (log in before, as 02_stream does)
#include <mtproto/client.hpp>
#include <mtproto/printable.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>

namespace asio = boost::asio;

asio::awaitable<void> show(mtproto::byte_stream& bytes, std::int64_t offset) {
    std::array<std::byte, 16> some;
    // Servers give only whole blocks of 4 KiB; where this range begins and ends is of no concern here.
    const std::size_t got = co_await bytes.read_at(offset, some);
    std::printf("%12lld:", static_cast<long long>(offset));
    for (std::size_t i = 0; i < got; ++i)
        std::printf(" %02x", std::to_integer<unsigned>(some[i]));
    std::printf("\n");
}

asio::awaitable<void> look(mtproto::config settings, std::string link) {
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await tg.connect();
    const mtproto::media file = co_await tg.resolve(link);
    mtproto::byte_stream bytes = tg.open(file);
    co_await show(bytes, 0);
    co_await show(bytes, file.size / 2 + 1);
    co_await show(bytes, std::max<std::int64_t>(file.size - 16, 0));
}

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: 03_range API_ID API_HASH LINK\n";
        return 2;
    }
    mtproto::config settings;
    settings.api.id = std::atoi(argv[1]);
    settings.api.hash = argv[2];
    settings.session = mtproto::file_session("me.session");

    asio::io_context context(1);
    try {
        asio::co_spawn(context, look(std::move(settings), argv[3]), [&](std::exception_ptr failed) {
            context.stop();
            if (failed) std::rethrow_exception(failed);
        });
        context.run();
    } catch (const std::exception& failed) {
        std::cerr << mtproto::printable(failed.what()) << "\n";
        return 1;
    }
}
