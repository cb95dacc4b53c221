// Decodes a video's first picture: libavformat reads it on a thread of its own, by a blocking_reader.
//   07_decoder API_ID API_HASH LINK
#include "example.hpp"

#include <mtproto/blocking_reader.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdio>
#include <iostream>
#include <memory>
#include <stdexcept>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

const char* const usage = "LINK";

// No exception may go through libavformat: each becomes one of its codes.
int read(void* opaque, std::uint8_t* into, int size) try {
    auto& film = *static_cast<mtproto::blocking_reader*>(opaque);
    const std::size_t count = film.read({reinterpret_cast<std::byte*>(into), static_cast<std::size_t>(size)});
    return count == 0 ? AVERROR_EOF : static_cast<int>(count);
} catch (const mtproto::error& failed) {
    return failed.code() == mtproto::errc::cancelled ? AVERROR_EXIT : AVERROR(EIO);
}

std::int64_t seek(void* opaque, std::int64_t offset, int whence) {
    auto& film = *static_cast<mtproto::blocking_reader*>(opaque);
    if ((whence & ~AVSEEK_FORCE) == AVSEEK_SIZE) return film.size();
    if ((whence & ~AVSEEK_FORCE) == SEEK_CUR) offset += film.position();
    if ((whence & ~AVSEEK_FORCE) == SEEK_END) offset += film.size();
    if (offset < 0) return AVERROR(EINVAL);
    film.seek(offset);
    return offset;
}

void require(bool good, const char* message) {
    if (!good) throw std::runtime_error(message);
}

template <auto Free>
struct freed {
    template <class T>
    void operator()(T* gone) const {
        Free(&gone);
    }
};
void free_io(AVIOContext** io) {
    av_freep(&(*io)->buffer);
    avio_context_free(io);
}

/// Blocks, so it runs on an executor of its own.
asio::awaitable<void> decode(mtproto::blocking_reader& film) {
    constexpr int block = 64 * 1024;
    auto* buffer = static_cast<unsigned char*>(av_malloc(block));
    const std::unique_ptr<AVIOContext, freed<free_io>> io(
        avio_alloc_context(buffer, block, 0, &film, read, nullptr, seek));
    AVFormatContext* opened = avformat_alloc_context();
    opened->pb = io.get();
    require(avformat_open_input(&opened, nullptr, nullptr, nullptr) == 0, "not a video");
    const std::unique_ptr<AVFormatContext, freed<avformat_close_input>> file(opened);
    require(avformat_find_stream_info(opened, nullptr) >= 0, "no streams");
    const AVCodec* codec = nullptr;
    const int stream = av_find_best_stream(opened, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    require(stream >= 0, "no pictures");

    const std::unique_ptr<AVCodecContext, freed<avcodec_free_context>> decoder(avcodec_alloc_context3(codec));
    avcodec_parameters_to_context(decoder.get(), opened->streams[stream]->codecpar);
    require(avcodec_open2(decoder.get(), codec, nullptr) == 0, "no decoder");
    const std::unique_ptr<AVPacket, freed<av_packet_free>> packet(av_packet_alloc());
    const std::unique_ptr<AVFrame, freed<av_frame_free>> picture(av_frame_alloc());
    while (av_read_frame(opened, packet.get()) >= 0) {
        if (packet->stream_index == stream) avcodec_send_packet(decoder.get(), packet.get());
        av_packet_unref(packet.get());
        if (avcodec_receive_frame(decoder.get(), picture.get()) < 0) continue;
        std::cout << "the first picture has " << picture->width << " x " << picture->height << " pixels\n";
        co_return;
    }
    throw std::runtime_error("no picture could be decoded");
}

asio::awaitable<void> example(mtproto::config settings, std::vector<std::string> arguments) {
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await sign_in(tg);
    mtproto::stream_options options;
    options.tail = 1 << 20;  // an MP4 file's index may be there: the decoder looks, and comes back
    mtproto::media file = co_await tg.resolve(arguments[0]);
    mtproto::blocking_reader film(tg, std::move(file), {}, std::move(options));

    // The decoder's thread; this one must go on running the executor, on which the film comes.
    asio::thread_pool threads(1);
    co_await asio::co_spawn(threads, decode(film), asio::use_awaitable);
}
