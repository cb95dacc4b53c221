// The input as libavformat reads it, and what it turns out to lack.
#pragma once

#include "remux/av_io.hpp"
#include "remux/bridge.hpp"
#include "remux/libav.hpp"

#include <mtproto/sink/remux.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mtproto::remuxing {

class source {
  public:
    /// `found` hears what libav logs about the file; both outlive this.
    /// `needs_times`: packets without a time of presentation get one, which costs reading ahead.
    source(bridge& from, const log_findings& found, bool needs_times)
        : from_(from), found_(found), needs_times_(needs_times) {}

    /// Tells what streams there are; reads further into the file where its beginning does not describe them.
    outcome<void> open();
    AVFormatContext& context() noexcept { return *context_; }
    /// The next packet; false at the end of the file, or where it can be followed no further.
    outcome<bool> read(AVPacket& packet);
    /// Complete once read() gave false.
    const sink::remux_report& health() const noexcept { return health_; }
    /// The reason behind one of libavformat's codes.
    failure explain(const std::string& what, int code) const;

  private:
    outcome<void> open_once(std::int64_t probe_bytes, std::int64_t probe_time);
    static int interrupted(void* opaque);
    bool lacks_parameters() const;
    bool is_encrypted() const;
    void look_at(const AVPacket& packet);
    void look_at_end(int code);
    bool index_exceeds_file() const;
    bool ends_before_duration() const;

    bridge& from_;
    const log_findings& found_;
    const bool needs_times_;
    std::optional<av_input> input_;
    input_pointer context_;
    std::int64_t promised_ = 0;  ///< bytes that the file's header promises; 0 when it does not
    std::int64_t reached_ = 0;   ///< the latest end of a packet, from the beginning, microseconds
    sink::remux_report health_;
};

}  // namespace mtproto::remuxing
