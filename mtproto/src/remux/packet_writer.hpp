// Packets of the input's streams into the MP4, at the times and in the form that it wants.
#pragma once

#include "remux/streams.hpp"
#include "remux/timeline.hpp"

#include <mtproto/log.hpp>

#include <set>
#include <vector>

namespace mtproto::remux {

class packet_writer {
  public:
    /// `streams` are those of `from` that were chosen; both outlive this.
    packet_writer(const AVFormatContext& from, std::vector<copied_stream>& streams, const log_sink& log)
        : streams_(streams), log_(log), times_(from) {}

    /// Added to the file's times so far. Microseconds.
    std::int64_t offset() const noexcept { return times_.offset(); }
    /// The stream of `packet`, where it goes into the MP4; null, and a line in the log, for a stream that was
    /// not there when the streams were chosen.
    copied_stream* stream_of(const AVPacket& packet, const AVFormatContext& from);
    /// Writes the next packet of the file, a packet of `stream`. Returns libavformat's code.
    int write(AVPacket& packet, copied_stream& stream, AVFormatContext& to);

  private:
    void convert_times(AVPacket& packet, copied_stream& stream) const;
    int remove_header(AVPacket& packet, copied_stream& stream);

    std::vector<copied_stream>& streams_;
    const log_sink& log_;
    timeline times_;
    std::set<int> unexpected_;  ///< streams that appeared later and were named in the log
    std::set<int> damaged_;     ///< streams whose damaged packets were
};

}  // namespace mtproto::remux
