// The film's first packets, read ahead to know what the index in front has to say.
#pragma once

#include "remux/source.hpp"
#include "remux/streams.hpp"

#include <cstdint>
#include <deque>
#include <vector>

namespace mtproto::remuxing {

class beginning {
  public:
    /// Reads until all streams have begun, or have been waited for long enough.
    outcome<void> read(source& from, std::vector<copied_stream>& streams);
    /// Whether the film ended meanwhile.
    bool is_all() const noexcept { return all_; }
    /// What is to be written first, in order.
    std::deque<packet_pointer>& packets() noexcept { return packets_; }

    /// For outputs that show every packet: pictures that are not to be shown go just before the film's
    /// beginning, and sound that is not to be heard is dropped but for the last packet, from which the
    /// decoder begins.
    void place_hidden(const AVFormatContext& from, const std::vector<copied_stream>& streams);
    /// How much later the film has to begin for all that it shows to be after its beginning. Microseconds.
    std::int64_t hidden_time(const AVFormatContext& from, const std::vector<copied_stream>& streams) const;

  private:
    void count_wait(const AVPacket& packet, const AVStream& stream);
    void keep(packet_pointer packet, copied_stream& stream);
    void place_pictures(const AVStream& stream, std::int64_t begin);
    void drop_sound(const AVStream& stream);
    std::vector<AVPacket*> packets_of(const AVStream& stream) const;

    std::deque<packet_pointer> packets_;
    std::int64_t bytes_ = 0;
    std::int64_t waited_ = 0;             ///< microseconds of the film
    std::int64_t last_ = AV_NOPTS_VALUE;  ///< time of the last packet, microseconds
    bool all_ = false;
};

}  // namespace mtproto::remuxing
