// Downloads a video in whatever container it has, and writes an MP4 with the same pictures and sound.
//   04_remux API_ID API_HASH LINK film.mp4
#include "example.hpp"

#include <mtproto/sink/remux.hpp>

#include <iostream>

const char* const usage = "LINK FILE";

asio::awaitable<void> example(mtproto::config settings, std::vector<std::string> arguments) {
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await sign_in(tg);
    const mtproto::media video = co_await tg.resolve(arguments[0]);
    mtproto::stream_options options;
    options.tail = 1 << 20;  // fetched together with the beginning: some containers have their index there
    mtproto::byte_stream bytes = tg.open(video, {}, std::move(options));

    // The input is read while it is written: no copy of it is kept. For a player that cannot wait for the
    // end there is container::fragmented_mp4, with next() in place of save().
    mtproto::sink::remux mp4(bytes, mtproto::sink::container::mp4);
    co_await mp4.save(arguments[1]);
    std::cout << video.size << " bytes in, " << mp4.written() << " bytes out\n";
}
