// A file as a stream: ordered chunks, byte-exact ranges, back-pressure, cancellation.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/progress.hpp>
#include <mtproto/verification.hpp>
#include <mtproto/window.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace mtproto {

/// Data at a place of the file. The slice shares the packet that it came in; keep it no longer than needed,
/// since the byte budget counts it only until next() is called again.
struct chunk {
    std::int64_t offset = 0;
    bytes data;
};

/// Bytes `[offset, offset + length)` of a file; a length of -1 means up to the end.
struct byte_range {
    std::int64_t offset = 0;
    std::int64_t length = -1;
};

/// What a stream counts for beside others of its client: one of 40 gets four times the bandwidth and room of
/// one of 10, when there is not enough for both.
inline constexpr int priority_background = 1;
inline constexpr int priority_normal = 10;
inline constexpr int priority_urgent = 100;

struct stream_options {
    /// Bytes that this stream may hold in flight or unread at once. 0: the client's byte_budget.
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

    stream_options() = default;
    stream_options(std::size_t ahead, progress_callback report = {})
        : read_ahead(ahead), on_progress(std::move(report)) {}
};

namespace download {
class reader;
}

/// One reader of one file. Not thread safe; lives on the client's executor and must not outlive the client.
/// Nothing is asked for before the first next() or read_at(). All functions that wait throw mtproto::error
/// and can be cancelled as Asio does it; after a cancellation the stream can still be read.
class byte_stream {
  public:
    byte_stream() noexcept;
    explicit byte_stream(std::unique_ptr<download::reader> reader) noexcept;
    byte_stream(byte_stream&&) noexcept;
    byte_stream& operator=(byte_stream&&) noexcept;
    ~byte_stream();

    /// The next bytes in order, or nothing at the end of the range. At most one call at a time.
    boost::asio::awaitable<std::optional<chunk>> next();
    /// Fills `into` from `offset` of the file, whatever the alignment; fewer bytes only at the end of the
    /// file. Does not move next(). On a stream that is closed, or is closed meanwhile: errc::cancelled.
    boost::asio::awaitable<std::size_t> read_at(std::int64_t offset, byte_span into);
    /// next() goes on from `offset`. What was asked for and is no longer wanted is dropped on the wire.
    void seek(std::int64_t offset);
    /// Nothing new is asked for until resume(); what is under way or here already is still delivered, and
    /// stays as long as no other stream needs the room: then it is asked for again later. next() may wait for
    /// resume(); read_at() goes on as always.
    void pause();
    void resume();
    /// Chooses how parts are asked for. Before the first read only.
    void use(std::unique_ptr<window::strategy> strategy);
    /// Ends the stream: what is under way is dropped, next() returns nothing, read_at() throws.
    void close() noexcept;

    std::int64_t size() const noexcept;      ///< of the whole file, bytes
    std::int64_t position() const noexcept;  ///< what next() returns next

  private:
    std::unique_ptr<download::reader> reader_;
};

}  // namespace mtproto
