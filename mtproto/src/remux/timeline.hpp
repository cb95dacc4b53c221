// The times of the input's packets, mended as the ffmpeg program does it before it copies them.
#pragma once

#include "remux/libav.hpp"

#include <cstdint>
#include <vector>

namespace mtproto::remuxing {

/// Makes the file begin at 0, undoes the wrap of counters that are not wide enough, closes the gaps where
/// recordings were joined, and tells where decoding stands for packets that do not say it. These are the
/// rules of process_input() and process_input_packet() of ffmpeg 5.1's ffmpeg.c, for streams that are copied.
class timeline {
  public:
    /// After avformat_find_stream_info(). Streams whose `discard` is AVDISCARD_ALL do not count.
    explicit timeline(const AVFormatContext& from);

    /// Corrects the times of the next packet of the file, in the unit of its stream, which is one of those
    /// that were there at the beginning.
    void correct(AVPacket& packet);
    /// All that follows is so much later. Microseconds.
    void delay(std::int64_t by) noexcept { delay_ += by; }
    /// How often times jumped, as where recordings were joined.
    int jumps() const noexcept { return jumped_; }
    /// When the stream's last packet is decoded, as far as that is known. Microseconds.
    std::int64_t decoded_at(int stream) const { return streams_[static_cast<std::size_t>(stream)].dts; }
    /// Added to what the file says, so far. Microseconds.
    std::int64_t offset() const noexcept { return offset_ + delay_; }

  private:
    struct progress {
        bool started = false;
        bool wrap_corrected = false;
        std::int64_t dts = AV_NOPTS_VALUE;   ///< of the last packet, microseconds
        std::int64_t next = AV_NOPTS_VALUE;  ///< where the next one is due, microseconds
    };

    void unwrap(AVPacket& packet, const AVStream& stream, progress& at);
    void begin_at_first_used();
    void drop_torn(AVPacket& packet, const AVStream& stream) const;
    void close_gap(AVPacket& packet, const AVStream& stream, const progress& at);
    void drop_nonsense(AVPacket& packet, const AVStream& stream, const progress& at);
    void advance(const AVPacket& packet, const AVStream& stream, progress& at);
    void move(AVPacket& packet, const AVStream& stream, std::int64_t by) const;

    const AVFormatContext& from_;
    const bool jumps_;  ///< times of this container may jump
    std::vector<progress> streams_;
    std::int64_t offset_ = 0;
    std::int64_t delay_ = 0;
    int jumped_ = 0;
    std::int64_t last_ = AV_NOPTS_VALUE;  ///< decode time of the file's last packet, microseconds
};

}  // namespace mtproto::remuxing
