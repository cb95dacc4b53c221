// Packets of the input's streams into the output, at the times and in the form that it wants.
#pragma once

#include "remux/streams.hpp"
#include "remux/timeline.hpp"

#include <mtproto/log.hpp>

#include <set>
#include <vector>

namespace mtproto::remuxing {

class packet_writer {
  public:
    /// `streams` are those of `from` that were chosen; both outlive this.
    packet_writer(const AVFormatContext& from, std::vector<copied_stream>& streams, output_format format,
                  const log_sink& log)
        : streams_(streams), format_(format), log_(log), times_(from) {}

    /// Added to the file's times so far. Microseconds.
    std::int64_t offset() const noexcept { return times_.offset(); }
    int jumps() const noexcept { return times_.jumps(); }
    /// The film begins so much later. Microseconds.
    void delay(std::int64_t by) noexcept { times_.delay(by); }
    /// The stream of `packet`, where it goes into the output; null, and a line in the log, for a stream that
    /// was not there when the streams were chosen.
    copied_stream* stream_of(const AVPacket& packet, const AVFormatContext& from);
    /// Writes the next packet of the file, a packet of `stream`, or the one before, whose length is known
    /// then. Returns libavformat's code.
    int write(AVPacket& packet, copied_stream& stream, AVFormatContext& to);
    /// Writes what is held back.
    int flush(AVFormatContext& to);

  private:
    int deliver(AVPacket& packet, copied_stream& stream, AVFormatContext& to);
    void convert_times(AVPacket& packet, copied_stream& stream) const;
    int filter(AVPacket& packet, copied_stream& stream);
    int write_held(copied_stream& stream, AVFormatContext& to);
    int write_overdue(std::int64_t now, AVFormatContext& to);
    int pass_on(AVPacket& packet, copied_stream& stream, AVFormatContext& to);
    bool all_have_begun() const;

    std::vector<copied_stream>& streams_;
    const output_format format_;
    const log_sink& log_;
    timeline times_;
    std::set<int> unexpected_;  ///< streams that appeared later and were named in the log
    std::set<int> damaged_;     ///< streams whose damaged packets were
};

}  // namespace mtproto::remuxing
