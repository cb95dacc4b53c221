// Downloads a video in whatever container it has, and writes an MP4 with the same pictures and sound.
//   04_remux API_ID API_HASH LINK film.mp4    (log in before, as 02_stream does)
#include <mtproto/client.hpp>
#include <mtproto/printable.hpp>
#include <mtproto/sink/remux.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>

namespace asio = boost::asio;

asio::awaitable<void> save(mtproto::config settings, std::string link, std::string path) {
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await tg.connect();
    const mtproto::media video = co_await tg.resolve(link);
    mtproto::stream_options how;
    how.tail = 1 << 20;  // fetched together with the beginning: some containers have their index there
    mtproto::byte_stream bytes = tg.open(video, {}, std::move(how));

    // The input is read while it is written: no copy of it is kept. For a player that cannot wait for the
    // end there is container::fragmented_mp4, with next() in place of save().
    mtproto::sink::remux mp4(bytes, mtproto::sink::container::mp4);
    co_await mp4.save(path);
    std::cout << video.size << " bytes in, " << mp4.written() << " bytes out\n";
}

int main(int argc, char** argv) {
    if (argc != 5) {
        std::cerr << "usage: 04_remux API_ID API_HASH LINK FILE\n";
        return 2;
    }
    mtproto::config settings;
    settings.api.id = std::atoi(argv[1]);
    settings.api.hash = argv[2];
    settings.session = mtproto::file_session("me.session");

    asio::io_context context(1);
    try {
        asio::co_spawn(context, save(std::move(settings), argv[3], argv[4]), [&](std::exception_ptr failed) {
            context.stop();
            if (failed) std::rethrow_exception(failed);
        });
        context.run();
    } catch (const std::exception& failed) {
        std::cerr << mtproto::printable(failed.what()) << "\n";
        return 1;
    }
}
