// The authorization key of one data centre, shared by all connections to it.
#pragma once

#include "crypto/auth_key.hpp"
#include "io/event.hpp"
#include "session/salt_book.hpp"

#include <mtproto/clock.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace mtproto::net {

/// Not thread safe.
class key_slot {
  public:
    /// So many times in a row the key must be refused before it is given up (protocol 1.6: verify before
    /// discarding it). A server that forgot the key refuses every line; a passing fault does not.
    static constexpr int refusals_to_drop = 3;
    /// Refusals closer together than this count as one: several lines meet with the same passing fault at the
    /// same moment, and that many lines are no proof. Below the second that a line waits before it tries
    /// again, so that a single line is counted each time.
    static constexpr duration refusals_apart = std::chrono::milliseconds(500);

    explicit key_slot(const io::asio::any_io_executor& executor) : changed_(executor) {}

    const std::shared_ptr<const crypto::auth_key>& key() const noexcept { return key_; }
    const session::salt_book& salts() const noexcept { return salts_; }
    /// The server's time minus this machine's.
    duration time_offset() const noexcept { return time_offset_; }

    /// A key from a finished exchange, or from a stored session.
    void set(std::shared_ptr<const crypto::auth_key> key, session::salt_book salts, duration time_offset);
    void set_salts(session::salt_book salts);
    void set_time_offset(duration offset) noexcept { time_offset_ = offset; }
    void drop();

    /// The server answered -404 to `key`, now. Drops it after enough refusals; true when it did.
    bool refused(const std::shared_ptr<const crypto::auth_key>& key, time_point now);
    /// A packet verified with the key.
    void accepted() noexcept { forget_refusals(); }

    /// One exchange at a time: true when the caller is to make it, and must call end_exchange at its end.
    bool begin_exchange() noexcept;
    void end_exchange();
    /// Waits for the end of an exchange that another connection makes.
    io::awaitable<result<void>> changed() { return changed_.wait(); }

    /// Called after the key or its salts changed, for storing them; `made` when there is a new key.
    std::function<void(bool made)> on_change;
    /// Called after the key was given up.
    std::function<void()> on_drop;

  private:
    void forget_refusals() noexcept;

    std::shared_ptr<const crypto::auth_key> key_;
    session::salt_book salts_;
    duration time_offset_{};
    int refusals_ = 0;
    std::optional<time_point> last_refusal_;  // that was counted
    bool exchanging_ = false;
    io::event changed_;
};

}  // namespace mtproto::net
