// When a stream is to be brought by more accounts, by fewer, or by another one.
#pragma once

#include "download/rate_meter.hpp"
#include "download/stream_places.hpp"

#include <mtproto/clock.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace mtproto::pooling {

/// A stream as it stands.
struct observation {
    time_point now{};
    bool reader_waits = false;
    bool wants_more = false;
    std::int64_t position = 0;                ///< bytes that the reader has gone through
    std::int64_t ahead = 0;                   ///< bytes that are here and not read
    std::int64_t brought = 0;                 ///< bytes that all accounts have brought
    int accounts = 1;                         ///< that bring it
    int most_accounts = 1;                    ///< that may bring it at once
    std::optional<time_point> waits_until{};  ///< all of them wait, until then
};

enum class change {
    none,
    join,      ///< their rate is the limit: one more may make it faster
    separate,  ///< those that joined have brought nothing more, or the reader does not need them
    stand_in,  ///< they are silent: another one is to bring what they do not
    move,      ///< they have to wait for longer than the reader can
};

/// Pure. Asked every `interval`.
class stream_watch {
  public:
    static constexpr duration interval = std::chrono::milliseconds(250);
    /// No byte for so long while the reader waits: a reader is held up by at most twice this.
    static constexpr duration silence = download::stream_places::silence;
    static constexpr duration silence_at_first = std::chrono::seconds(5);
    /// A shorter wait is over before another account would bring anything.
    static constexpr duration least_wait = std::chrono::seconds(1);
    /// A reader that has waited for so long is held up by the rate.
    static constexpr duration limited = std::chrono::milliseconds(500);
    /// The time that accounts get to show that they bring more.
    static constexpr duration trial = std::chrono::seconds(2);
    static constexpr double worth = 0.1;
    static constexpr duration first_rest = std::chrono::seconds(30);
    static constexpr duration longest_rest = std::chrono::minutes(10);
    /// A reader that waits for nothing for so long needs no more than one account.
    static constexpr duration calm = std::chrono::seconds(10);

    explicit stream_watch(duration patience) : patience_(patience) {}

    change look(const observation& what);
    /// Bytes a second that the reader takes.
    double reader_rate() const noexcept { return reader_.rate(); }

  private:
    /// Bytes that had been brought at a time.
    struct mark {
        time_point at{};
        std::int64_t brought = 0;
    };
    static double rate(const mark& from, const observation& to) noexcept;

    void note(const observation& what);
    bool must_move(const observation& what) const;
    bool is_silent(const observation& what) const;
    change judge(const observation& what);

    duration patience_;
    download::rate_meter reader_;
    std::int64_t position_ = 0;
    time_point last_byte_{};    ///< or the beginning, or when silence was told
    time_point waits_since_{};  ///< the reader, at each look
    time_point calm_since_{};
    std::array<mark, 3> looks_{};  ///< the last ones, the latest first
    std::optional<mark> trial_;    ///< began when the last one joined
    double before_ = 0;            ///< bytes a second before the first of them joined
    time_point rest_until_{};
    duration rest_ = first_rest;
};

}  // namespace mtproto::pooling
