// Between the client's executor and the thread that libavformat blocks: bounded both ways, stoppable.
#pragma once

#include "io/event.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

namespace mtproto::remux {

/// The worker waits on a condition variable, the client's side on an event that the worker rings by posting
/// to the executor. Nothing of the client's side runs by itself: whoever awaits the result asks what() to do.
class bridge : public std::enable_shared_from_this<bridge> {
  public:
    static constexpr std::size_t input_limit = 4u << 20;   ///< bytes read ahead of libavformat
    static constexpr std::size_t output_limit = 4u << 20;  ///< bytes of fragments that wait to be taken

    bridge(const io::asio::any_io_executor& executor, std::int64_t input_size);

    // The worker's side. All wait until they can go on; errc::cancelled after stop().

    /// Fills some of `into`; 0 at the end of the input.
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
    std::int64_t position() const noexcept { return position_; }
    std::int64_t input_size() const noexcept { return input_size_; }

    // The client's side. None of them waits but changed().

    enum class task { deliver, done, seek, fetch, wait };
    struct instruction {
        task what = task::wait;
        std::int64_t offset = 0;       ///< of seek
        std::uint64_t generation = 0;  ///< of fetch: pushed back with the data or the failure
    };
    /// What to do next: what is ready goes out first, then the worker is fed.
    instruction next_task();
    bytes take_fragment();
    /// Data that was fetched, or nothing for the end. Dropped when the worker has sought elsewhere since.
    void push(std::uint64_t generation, std::optional<bytes> data);
    /// The input failed: the worker's reads fail when they get there, and then so will the result. Dropped
    /// when the worker has sought elsewhere since.
    void fail_input(std::uint64_t generation, failure why);
    outcome<void> how_it_ended() const;
    /// Makes the worker's calls fail from now on.
    void stop();
    io::awaitable<result<void>> changed();

  private:
    void ring();

    const std::int64_t input_size_;
    io::asio::any_io_executor executor_;
    io::event event_;
    std::int64_t position_ = 0;  ///< of the worker alone

    mutable std::mutex mutex_;
    std::condition_variable worker_;
    bool client_waits_ = false;
    bool stopped_ = false;

    std::deque<bytes> ready_;
    std::size_t ready_bytes_ = 0;
    bool input_ended_ = false;
    std::optional<std::int64_t> wanted_offset_;
    std::uint64_t generation_ = 0;
    std::optional<failure> input_failure_;
    bool read_refused_ = false;  ///< the worker has met input_failure_; for good

    std::deque<bytes> fragments_;
    std::size_t fragment_bytes_ = 0;
    bool finished_ = false;
    outcome<void> ended_how_;
};

}  // namespace mtproto::remux
