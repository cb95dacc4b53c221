// Reads what was written as far as its index: nothing is called done before.
#pragma once

#include "remux/streams.hpp"
#include "remux/target.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mtproto::remuxing {

/// Reads at an offset; fewer bytes at the end.
using place_reader = std::function<outcome<std::size_t>(std::int64_t, byte_span)>;

/// Whether libavformat finds all `streams`, and what decoders have to be told of them, and, where `samples`,
/// as many packets in the index as were written. `found`: what libavformat says
/// meanwhile. Error: errc::remux_failed, and those of `read`.
outcome<void> check_index(const place_reader& read, std::int64_t size, const output_format& format,
                          const std::vector<copied_stream>& streams, bool samples, const log_findings& found);

/// Counts the samples that the fragments of an MP4 list, from bytes as they come.
class sample_counter {
  public:
    void read(byte_view data);
    bool any() const noexcept { return !samples_.empty(); }
    std::int64_t samples_of(std::uint32_t track) const;

  private:
    void count(byte_view moof);

    std::vector<std::byte> box_;                     ///< the beginning of one, or all of a moof
    std::uint64_t skip_ = 0;                         ///< bytes of the box under way that do not matter
    std::map<std::uint32_t, std::int64_t> samples_;  ///< by track
};

/// Fragments on their way to another target: the header and the first one go out once they were checked.
class checked_fragments final : public target {
  public:
    checked_fragments(target& to, const output_format& format, const std::vector<copied_stream>& streams,
                      const log_findings& found)
        : to_(to), format_(format), streams_(streams), found_(found) {}

    outcome<void> write(std::int64_t offset, byte_view data) override;
    outcome<void> begin_fragment() override;
    outcome<std::size_t> read(std::int64_t, byte_span) override { return failure(errc::bad_argument); }
    outcome<void> finish() override;

  private:
    void take_covers_out();
    outcome<void> release();
    outcome<void> pass(byte_view data);

    target& to_;
    const output_format format_;
    const std::vector<copied_stream>& streams_;
    const log_findings& found_;
    sample_counter counter_;
    std::vector<std::byte> held_;
    std::vector<std::size_t> begins_;  ///< where parts of held_ begin
    std::int64_t passed_ = 0;
    bool released_ = false;
};

}  // namespace mtproto::remuxing
