// An authorization key of a data centre, shared by all connections that use it: a permanent one, or a
// temporary one that stands for it (protocol 3).
#pragma once

#include "crypto/auth_key.hpp"
#include "io/event.hpp"
#include "net/key_doubt.hpp"
#include "session/salt_book.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace mtproto::net {

/// When a temporary key is to be renewed, and when it ends, by the monotonic clock: what the calendar says
/// may change meanwhile.
struct key_life {
    time_point renew_at{};
    time_point end{};
};

/// Of a key that was asked for at `asked`. It is renewed an hour before its end (protocol 3.1), or, of a
/// shorter life, a quarter of it before; up to a quarter of that time earlier still, so that not all clients
/// that began together come back together.
key_life life_of(std::chrono::seconds lifetime, time_point asked, random_source& random);

/// Not thread safe.
class key_slot {
  public:
    /// For a permanent key.
    explicit key_slot(const io::asio::any_io_executor& executor) : changed_(executor) {}
    /// For temporary keys, one after the other, each bound to the key that `permanent` has. Without one they
    /// are bound to nothing, as a CDN's (protocol 2.15).
    key_slot(const io::asio::any_io_executor& executor, std::chrono::seconds lifetime,
             std::shared_ptr<key_slot> permanent)
        : lifetime_(lifetime), permanent_(std::move(permanent)), changed_(executor) {}

    /// Null when there is none. A temporary key is none any more once the permanent one behind it is gone.
    const std::shared_ptr<const crypto::auth_key>& key() const noexcept;
    const session::salt_book& salts() const noexcept { return salts_; }
    /// The server's time minus this machine's: one for a permanent key and all that are bound to it.
    duration time_offset() const noexcept { return permanent_ ? permanent_->time_offset() : time_offset_; }

    bool temporary() const noexcept { return lifetime_.has_value(); }
    /// Of temporary keys.
    std::optional<std::chrono::seconds> lifetime() const noexcept { return lifetime_; }
    const std::shared_ptr<key_slot>& permanent() const noexcept { return permanent_; }

    /// A key from a finished exchange, or from a stored session. `life`: of a temporary one, which is bound
    /// already.
    void set(std::shared_ptr<const crypto::auth_key> key, session::salt_book salts, duration time_offset,
             std::optional<key_life> life = {});
    void set_salts(session::salt_book salts);
    void set_time_offset(duration offset) noexcept;
    /// The server said in a packet that verifies that the key is of no use, or its time is over.
    void drop() { drop(true); }

    /// -404 came as an answer to `key`. Drops a temporary one, and is true then: it is made again at the
    /// first. A permanent one is doubted.
    bool refused(const std::shared_ptr<const crypto::auth_key>& key, time_point now);
    /// A permanent key that is to be proved to the server before it is used again.
    bool doubted() const noexcept { return doubt_.open(); }
    /// No temporary key can be bound to `key`, a permanent one, and -404 comes to it. Drops it after enough
    /// of that; true when it did.
    bool disowned(const std::shared_ptr<const crypto::auth_key>& key, time_point now);
    /// A packet verified with the key.
    void accepted() noexcept { doubt_.clear(); }

    /// Drops a temporary key whose time is over.
    void expire(time_point now);
    /// When expire, or the renewal, has something to do; nothing for a permanent key, and without a key.
    const std::optional<key_life>& life() const noexcept { return life_; }
    /// A renewal failed: the next try is then.
    void postpone_renewal(time_point until) noexcept;

    /// One exchange at a time: true when the caller is to make it, and must call end_exchange at its end.
    bool begin_exchange() noexcept;
    void end_exchange();
    /// A server at addresses of that kind says nothing to the one who makes it: nor would it to others there.
    void exchange_unanswered(bool media) noexcept { ++unanswered_[media ? 1 : 0]; }
    /// Waits until the key is another one, or the exchange that another connection makes has ended.
    /// errc::timed_out when it was not answered at addresses of that kind.
    io::awaitable<outcome<void>> exchange_of_another(bool media);
    /// Waits until the key is another one, or an exchange has ended.
    io::awaitable<result<void>> changed() { return changed_.wait(); }

    /// Called after the key or its salts changed, for storing them; `made` when there is a new key.
    std::function<void(bool made)> on_change;
    /// Called after the key was given up. `proved`: as the server said in a packet that verifies; else -404,
    /// which nobody signs, is a part of the reason.
    std::function<void(bool proved)> on_drop;

  private:
    void drop(bool proved);

    std::optional<std::chrono::seconds> lifetime_;
    std::shared_ptr<key_slot> permanent_;
    std::shared_ptr<const crypto::auth_key> key_;
    std::shared_ptr<const crypto::auth_key> bound_to_;
    session::salt_book salts_;
    duration time_offset_{};
    std::optional<key_life> life_;
    key_doubt doubt_;  // of a permanent key
    bool exchanging_ = false;
    std::array<int, 2> unanswered_{};  ///< exchanges at general and at media-only addresses
    io::event changed_;
};

/// Ends an exchange that begin_exchange allowed, whichever way the scope is left.
class exchange_turn {
  public:
    explicit exchange_turn(key_slot& of) noexcept : of_(of) {}
    exchange_turn(const exchange_turn&) = delete;
    exchange_turn& operator=(const exchange_turn&) = delete;
    ~exchange_turn() { of_.end_exchange(); }

    /// At addresses of that kind.
    void failed(const failure& why, bool media) const noexcept {
        if (why.code == make_error_code(errc::timed_out)) of_.exchange_unanswered(media);
    }

  private:
    key_slot& of_;
};

}  // namespace mtproto::net
