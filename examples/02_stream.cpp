// Logs in and streams what a link points to, in order, to standard output.
//   02_stream API_ID API_HASH LINK > film.mkv
#include "example.hpp"

#include <mtproto/printable.hpp>

#include <cstdio>
#include <iostream>
#include <stdexcept>

const char* const usage = "LINK";

asio::awaitable<void> example(mtproto::config settings, std::vector<std::string> arguments) {
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await sign_in(tg);

    const mtproto::media file = co_await tg.resolve(arguments[0]);
    std::cerr << file.name << ", " << file.size << " bytes, " << mtproto::printable(file.mime) << ", at DC "
              << file.dc << "\n";

    // At most 8 MiB are in flight or unread at any time; whoever reads slowly is sent slowly.
    mtproto::stream_options options;
    options.read_ahead = 8u << 20;
    mtproto::byte_stream bytes = tg.open(file, {}, std::move(options));
    while (std::optional<mtproto::chunk> part = co_await bytes.next())
        if (std::fwrite(part->data.data(), 1, part->data.size(), stdout) != part->data.size())
            throw std::runtime_error("cannot write to standard output");
    // What is still buffered can fail, too.
    if (std::fflush(stdout) != 0) throw std::runtime_error("cannot write to standard output");
}
