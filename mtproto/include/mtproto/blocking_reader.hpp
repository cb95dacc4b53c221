// A file for code that blocks: libavformat's AVIO, mpv's stream_cb, GStreamer's sources and the like.
#pragma once

#include <mtproto/byte_stream.hpp>
#include <mtproto/bytes.hpp>
#include <mtproto/media.hpp>
#include <mtproto/media_opener.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace mtproto {

namespace blocking {
class input_queue;
}

/// One reader of one file, for threads other than the client's. The stream itself lives on the client's
/// executor, which some thread must run meanwhile:
///
///     mtproto::blocking_reader film(tg, media);            // any thread; does not wait
///     while (std::size_t count = film.read(buffer)) ...    // a thread that may block
///     film.interrupt();                                    // another one: read() ends at once
///
/// All functions may be called on any thread, several at a time. It may be moved and destroyed on any thread
/// while nothing else uses it. Two read() at a time get different bytes. Destroy or close it before the
/// client.
///
/// Nothing is asked for before the first read() or seek(). Memory: what the stream holds (stream_options and
/// config::byte_budget), and 1 MiB and one part beside it. Errors are mtproto::error, those of
/// byte_stream::next(). A failure comes after the bytes before it, and again until a seek to another place.
class blocking_reader {
  public:
    /// A closed one.
    blocking_reader() noexcept;
    /// Opens `file` as client::open() does: soon, on the client's executor. What that throws, the first
    /// read() throws. With stream_options::tail a seek into the tail, and back, does not disturb what
    /// is under way before it. options.on_progress is called on the executor.
    blocking_reader(media_opener& from, media file, byte_range range = {}, stream_options options = {});
    /// Takes over a stream, which lives on `executor`. Call it there, or while nothing runs it. read() goes
    /// on up to the end of the stream's range.
    blocking_reader(boost::asio::any_io_executor executor, byte_stream from);
    blocking_reader(blocking_reader&&) noexcept;
    blocking_reader& operator=(blocking_reader&&) noexcept;
    /// As close().
    ~blocking_reader();

    /// Waits until there are bytes, and fills `into` with those that are there, from position() on; 0 at the
    /// end. Throws errc::cancelled when it is interrupted or closed, and when the executor is destroyed;
    /// errc::bad_argument in a handler of the executor, where it would wait for itself.
    std::size_t read(byte_span into);
    /// read() goes on from `offset` of the file, one that waits included. Does not wait. What was read ahead
    /// is forgotten, and what is under way is dropped on the wire, unless it lies ahead of `offset`. Behind
    /// the end read() gives 0. Throws errc::bad_argument for a negative offset.
    void seek(std::int64_t offset);
    /// What read() returns next: an offset of the file.
    std::int64_t position() const;
    /// Of the whole file, bytes.
    std::int64_t size() const noexcept;

    /// Ends read(), at once, and each one from now on until clear_interrupt(). The stream goes on.
    void interrupt() noexcept;
    void clear_interrupt() noexcept;

    /// For good: read() throws errc::cancelled. Does not wait; the stream ends soon, on the executor. May be
    /// called twice, and after the executor was destroyed.
    void close() noexcept;

  private:
    std::shared_ptr<blocking::input_queue> queue_;
    std::int64_t size_ = 0;
};

}  // namespace mtproto
