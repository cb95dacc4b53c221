// Writes to a client as its connection's path and its account's rate let it.
#pragma once

#include "io/stream.hpp"
#include "io/timers.hpp"
#include "localdc/outgoing.hpp"
#include "localdc/transfer_table.hpp"
#include "traffic/path.hpp"

#include <mtproto/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace mtproto::localdc {

struct cluster;
class framed_batch;

class paced_writer {
  public:
    paced_writer(const cluster& of, std::int64_t connection);

    /// Whether everything is due at once.
    bool instant() const noexcept { return instant_; }
    /// When the first bytes of `next` have come over the path.
    time_point first_due(const outgoing& next) const;

    /// Foretells when the path brings one message after the other.
    class forecast {
      public:
        /// Whether the whole of `next`, which follows those asked about before, is due now.
        bool is_due(const outgoing& next);

      private:
        friend class paced_writer;
        forecast(const traffic::path& path, time_point now, bool instant)
            : path_(path), now_(now), instant_(instant) {}

        traffic::path path_;
        time_point now_;
        bool instant_;
    };
    forecast ahead() const;

    /// Writes a batch in slices, each when it is due; those that are due already go together. `accounts`: by
    /// part, the account whose rate it counts against, or null. False when the stream or the wait has ended.
    io::awaitable<bool> write(io::stream& stream, const framed_batch& batch,
                              std::span<account_traffic* const> accounts);

  private:
    time_point due_at(time_point entered, std::int64_t size, account_traffic* account);

    io::timers& time_;
    traffic::path path_;
    duration one_way_;  ///< half a round trip
    bool instant_;
    std::size_t slice_;  ///< bytes that large packets are cut into
};

}  // namespace mtproto::localdc
