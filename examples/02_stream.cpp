// Logs a bot in and streams what a link points to, in order, to standard output.
//   02_stream API_ID API_HASH BOT_TOKEN_FILE LINK > film.mkv
#include <mtproto/client.hpp>
#include <mtproto/printable.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace asio = boost::asio;

asio::awaitable<void> stream(mtproto::config settings, std::string token, std::string link) {
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await tg.connect();
    if (!co_await tg.authorized()) co_await tg.login_bot(std::move(token));

    const mtproto::media file = co_await tg.resolve(link);
    std::cerr << file.name << ", " << file.size << " bytes, " << mtproto::printable(file.mime) << ", at DC "
              << file.dc << "\n";

    // At most 8 MiB are in flight or unread at any time; whoever reads slowly is sent slowly.
    mtproto::stream_options options(8u << 20);
    mtproto::byte_stream bytes = tg.open(file, {}, std::move(options));
    while (std::optional<mtproto::chunk> part = co_await bytes.next())
        if (std::fwrite(part->data.data(), 1, part->data.size(), stdout) != part->data.size())
            throw std::runtime_error("cannot write to standard output");
    // What is still buffered can fail, too.
    if (std::fflush(stdout) != 0) throw std::runtime_error("cannot write to standard output");
}

int main(int argc, char** argv) {
    if (argc != 5) {
        std::cerr << "usage: 02_stream API_ID API_HASH BOT_TOKEN_FILE LINK > FILE\n";
        return 2;
    }
    mtproto::config settings;
    settings.api.id = std::atoi(argv[1]);
    settings.api.hash = argv[2];
    settings.session = mtproto::file_session("me.session");
    std::ifstream token_file(argv[3]);
    std::string token;
    std::getline(token_file, token);

    asio::io_context context(1);
    try {
        asio::co_spawn(context, stream(std::move(settings), token, argv[4]), [&](std::exception_ptr failed) {
            context.stop();
            if (failed) std::rethrow_exception(failed);
        });
        context.run();
    } catch (const std::exception& failed) {
        std::cerr << mtproto::printable(failed.what()) << "\n";
        return 1;
    }
}
