// Between the client's executor and the thread that libavformat blocks: bounded both ways, stoppable.
#pragma once

#include "blocking/doorbell.hpp"
#include "blocking/input_queue.hpp"
#include "io/event.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

namespace mtproto::remuxing {

/// The worker waits on a condition variable, the client's side on an event that the worker rings by posting
/// to the executor. Nothing of the client's side runs by itself: whoever awaits the result asks next_task().
class bridge {
  public:
    static constexpr std::size_t input_limit = 4u << 20;   ///< bytes read ahead of libavformat
    static constexpr std::size_t output_limit = 4u << 20;  ///< bytes of fragments that wait to be taken

    bridge(const io::asio::any_io_executor& executor, std::int64_t input_size);

    // The worker's side. All wait until they can go on; errc::cancelled after stop().

    /// Fills some of `into`; 0 at the end of the input. Fails for good once the input has failed.
    result<std::size_t> read(byte_span into);
    /// read() goes on from `offset`. Does not wait.
    void seek(std::int64_t offset);
    result<void> emit(bytes fragment);
    /// The worker is done. Does not wait.
    void finish(outcome<void> how);
    /// Nobody waits for the result any more.
    bool stopped() const;
    /// read() has failed, or would: libavformat may take that for the end of the file.
    bool read_refused() const;
    std::int64_t position() const { return input_.position(); }
    std::int64_t input_size() const noexcept { return input_.end(); }

    // The client's side. None of them waits but changed().

    enum class task { deliver, done, seek, fetch, wait };
    struct instruction {
        task kind = task::wait;
        std::int64_t offset = 0;       ///< of seek
        std::uint64_t generation = 0;  ///< of fetch: goes back to input() with the data or the failure
    };
    /// What to do next: what is ready goes out first, then the worker is fed.
    instruction next_task();
    bytes take_fragment();
    /// Takes what was fetched, and failures to fetch.
    blocking::input_queue& input() noexcept { return input_; }
    outcome<void> how_it_ended() const;
    /// Makes the worker's calls fail from now on.
    void stop();
    io::awaitable<result<void>> changed();

  private:
    instruction present_task();

    std::shared_ptr<io::event> changed_;
    std::shared_ptr<blocking::doorbell> bell_;  ///< wakes changed()
    blocking::input_queue input_;

    mutable std::mutex mutex_;
    std::condition_variable room_;
    bool stopped_ = false;
    std::optional<failure> input_failure_;  ///< that the worker has met

    std::deque<bytes> fragments_;
    std::size_t fragment_bytes_ = 0;
    bool finished_ = false;
    outcome<void> ended_how_;
};

}  // namespace mtproto::remuxing
