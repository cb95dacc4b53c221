// The pace that a flood gate holds an account's requests to between floods.
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>

namespace mtproto::schedule {

/// How fast one account may ask one data centre for bytes. Pure: no clock, no I/O.
class request_pace {
  public:
    virtual ~request_pace() = default;

    /// A request for so many bytes went out.
    virtual void asked(time_point now, std::int64_t size) = 0;
    /// The answer to the request of `asked_at` has come.
    virtual void answered(time_point asked_at, time_point now) noexcept = 0;
    /// The request of `asked_at` was refused: the server has not counted it.
    virtual void refused(time_point asked_at, std::int64_t size) noexcept = 0;
    /// The first refusal of a flood has just come, of the request of `asked_at`; not those of requests that
    /// were under way with it.
    virtual void flooded(time_point asked_at) = 0;

    /// When the next request may go out.
    virtual time_point next() const noexcept = 0;
    /// Bytes a second; 0 while there is no limit.
    virtual double rate() const noexcept = 0;
};

}  // namespace mtproto::schedule
