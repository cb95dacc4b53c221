// A file as a stream: ordered chunks, byte-exact ranges, back-pressure, cancellation.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/progress.hpp>
#include <mtproto/verification.hpp>
#include <mtproto/window.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace mtproto {

/// Data at a place of the file. The slice shares the packet that it came in; keep it no longer than needed,
/// since the byte budget counts it only until next() is called again.
struct chunk {
    chunk() = default;
    chunk(std::int64_t at, bytes content) : offset(at), data(std::move(content)) {}

    std::int64_t offset = 0;  ///< in the file
    bytes data;
};

/// The bytes `[offset, offset + length)` of a file.
struct byte_range {
    /// As `length`: up to the end of the file.
    static constexpr std::int64_t to_end = -1;

    std::int64_t offset = 0;
    std::int64_t length = to_end;
};

/// The share of a stream beside others of its client: one of 40 gets four times the bandwidth and room of
/// one of 10, when there is not enough for both. Numbers outside of 1 to 100 count as the nearest inside.
inline constexpr int priority_background = 1;
inline constexpr int priority_normal = 10;
inline constexpr int priority_urgent = 100;

/// Assign the members that differ from the defaults.
struct stream_options {
    stream_options() = default;

    /// Bytes that this stream may hold in flight or unread at once. 0, and more than there is: the client's
    /// byte_budget.
    std::size_t read_ahead = 0;
    /// From priority_background to priority_urgent.
    int priority = priority_normal;
    /// So many bytes at the end of the file are fetched together with the first ones: for films whose index
    /// is there. A seek or read_at() finds them at hand, if it comes before the memory is needed for
    /// something else.
    std::size_t tail = 0;
    progress_callback on_progress = {};
    /// Nothing: as the client's config says.
    std::optional<mtproto::verification> verification = std::nullopt;
    /// A longer flood wait ends the stream (config::max_wait). Nothing: as the client's config says.
    std::optional<duration> max_wait = std::nullopt;
    /// Of a stream of a mtproto::pool: accounts that may bring it at the same time, 1 to 8. Others join while
    /// the rate of those that bring it is the limit. With more than one all bytes are proved by hashes.
    int accounts = 1;
};

namespace download {
class reader;
}

/// One reader of one file, made by client::open(). Not thread safe: all functions are called on the client's
/// executor. Nothing is asked for before the first next() or read_at().
///
/// When the client is closed, logged out or destroyed before the stream, each next() and read_at() throws
/// errc::connection_closed, or not_authorized after a logout. The executor must outlive the stream.
///
/// next() and read_at() throw mtproto::error: errc::rpc_error as the server said it (420: a flood wait
/// longer than max_wait); timed_out when not a byte came for a minute, connection_failed, connection_closed,
/// bad_message_key when the network fails; short_part, bad_part, file_changed when the file is not what it
/// should be; not_found when its reference expired and its message is gone; not_authorized; bad_argument
/// (below); cancelled. After a failure next() throws it again until seek(), which tries anew. What a progress
/// callback or a strategy throws ends the stream: next() and read_at() throw it from then on, as it was.
///
/// Both can be cancelled by Asio's cancellation slots, with the type `terminal`; errc::cancelled comes out,
/// no bytes are lost, and the stream can be read on.
class byte_stream {
  public:
    using executor_type = boost::asio::any_io_executor;

    /// A stream without a file: its size is 0, next() returns nothing, read_at() 0.
    byte_stream() noexcept;
    explicit byte_stream(std::unique_ptr<download::reader> reader) noexcept;
    byte_stream(byte_stream&&) noexcept;
    byte_stream& operator=(byte_stream&&) noexcept;
    /// As close().
    ~byte_stream();

    /// The next bytes in order, at least one, or nothing at the end of the range. One call at a time:
    /// errc::bad_argument while another one waits.
    boost::asio::awaitable<std::optional<chunk>> next();
    /// Fills `into` from `offset` of the file, whatever the alignment and whatever the stream's range; gives
    /// the number of bytes, fewer only at the end of the file. Does not move next(). Any number of calls at a
    /// time; `into` must live until its call ends. errc::bad_argument for a negative offset; errc::cancelled
    /// on a stream that is closed, or is closed meanwhile.
    boost::asio::awaitable<std::size_t> read_at(std::int64_t offset, byte_span into);
    /// next() goes on from `offset` of the file, up to the end of the range. Requests that are no longer
    /// wanted are dropped on the wire. Throws errc::bad_argument for a negative offset.
    void seek(std::int64_t offset);
    /// Nothing new is asked for until resume(). Parts that are under way or here already are still delivered.
    /// They stay as long as no other stream needs the room, and are asked for again later. next() may wait
    /// for resume(); read_at() goes on as always.
    void pause();
    void resume();
    /// Chooses how parts are asked for. Throws errc::bad_argument for none, and after the first next().
    void use(std::unique_ptr<window::strategy> strategy);
    /// Ends the stream: requests under way are dropped, next() returns nothing, read_at() throws.
    void close() noexcept;

    std::int64_t size() const noexcept;      ///< of the whole file, bytes
    std::int64_t position() const noexcept;  ///< the offset that next() returns next
    /// The client's; empty for a stream without a file.
    executor_type get_executor() const noexcept;

  private:
    std::unique_ptr<download::reader> reader_;
};

}  // namespace mtproto
