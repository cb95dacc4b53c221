// A stream whose tail is read beside its course.
#pragma once

#include "blocking/input.hpp"

#include <cstdint>
#include <optional>

namespace mtproto::blocking {

/// A film's index may stand at its end: players look there, and come back. What the stream has asked for
/// meanwhile is not dropped then, and the tail that stream_options fetch in advance is at hand.
class tail_input final : public input {
  public:
    /// The tail goes from `tail` to `end`, where the stream's range ends; none when both are equal.
    tail_input(byte_stream from, std::int64_t tail, std::int64_t end);

    boost::asio::awaitable<std::optional<chunk>> next() override;
    void seek(std::int64_t offset) override;
    std::int64_t size() const override { return from_.size(); }

  private:
    boost::asio::awaitable<std::optional<chunk>> read_tail(std::int64_t offset);

    byte_stream from_;
    const std::int64_t tail_;
    const std::int64_t end_;
    std::optional<std::int64_t> visit_;  ///< where next() reads in the tail
};

}  // namespace mtproto::blocking
