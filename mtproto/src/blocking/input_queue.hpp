// Bytes on their way from coroutines that fetch them to a thread that blocks for them.
#pragma once

#include "blocking/byte_queue.hpp"
#include "blocking/doorbell.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>

namespace mtproto::blocking {

/// Bounded, sought in by its reader, and stoppable. All functions may be called on any thread.
class input_queue {
  public:
    /// From `begin` up to `end`. Holds `limit` bytes, and what one push() brings more. Rings the bell
    /// whenever there may be something to fetch.
    input_queue(std::shared_ptr<doorbell> bell, std::int64_t begin, std::int64_t end, std::size_t limit);

    // The reader's side.

    /// Waits until it can fill some of `into`; 0 at the end. A failure of the fetching side comes after what
    /// was fetched before it, and again until a seek. errc::cancelled while interrupted, and once stopped.
    /// Throws only what a user's callback threw.
    outcome<std::size_t> read(byte_span into);
    /// read() goes on from `offset`, one that waits included.
    void seek(std::int64_t offset);
    std::int64_t position() const;
    std::int64_t end() const noexcept { return end_; }
    /// Ends read(), now and until it is taken back.
    void interrupt(bool on);
    /// For good.
    void stop();
    bool stopped() const;
    /// Whether the caller is a handler of the fetching side's executor.
    bool would_wait_for_itself() const { return bell_->is_heard_here(); }

    // The fetching side. Nothing waits.

    enum class task { seek, fetch, wait, stop };
    struct instruction {
        task kind = task::wait;
        std::int64_t offset = 0;       ///< of a seek
        std::uint64_t generation = 0;  ///< of a fetch: comes back with its result
    };
    /// Nothing is to be fetched before the first read(), seek() or begin().
    void begin();
    /// What to do next. A seek is told once.
    instruction next_task();
    /// Whether the result of such a fetch will be taken.
    bool wants(std::uint64_t generation) const;
    /// What was fetched, or nothing for the end.
    void push(std::uint64_t generation, std::optional<bytes> data);
    /// `thrown`: what read() is to throw in place of the failure.
    void fail(std::uint64_t generation, failure why, std::exception_ptr thrown = nullptr);

    /// The fetching side has ended, and the executor may be gone next.
    void abandon();

  private:
    struct trouble {
        failure why;
        std::exception_ptr thrown;
    };

    const std::shared_ptr<doorbell> bell_;
    const std::int64_t end_;
    const std::size_t limit_;

    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    byte_queue ready_;
    std::int64_t position_;
    std::uint64_t generation_ = 0;      ///< grows with each seek to what is not here
    std::optional<std::int64_t> jump_;  ///< a seek that the fetching side has not been told
    bool ended_;
    std::optional<trouble> trouble_;
    bool begun_ = false;
    bool interrupted_ = false;
    bool stopped_ = false;
};

}  // namespace mtproto::blocking
