// Changes the container of a video on the way, without touching its pictures and sound.
#pragma once

#include <mtproto/byte_stream.hpp>
#include <mtproto/error.hpp>
#include <mtproto/log.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace mtproto::remux {
class input;
}

namespace mtproto::sink {

enum class container {
    /// A plain MP4 file whose index stands at the front, so that players and web servers can begin at once.
    /// Needs a file: the index is known last, and the file is moved up behind it at the end.
    mp4,
    /// MP4 in fragments, each playable when the ones before it are: for live delivery, no file needed.
    fragmented_mp4,
};

/// Reads a video from a stream and gives it out as MP4 (what `ffmpeg -c copy` does): every video, sound and
/// subtitle stream that MP4 can carry, with its timestamps, language, dispositions, chapters and tags. What
/// it cannot carry is left out with a line in the log; when no picture or no sound of the file would be left,
/// it fails with errc::remux_failed instead. No temporary copy of the input; memory is bounded (4 MiB of
/// input, 4 MiB of output, the fragment under way, and the index of an MP4 file).
///
/// libavformat blocks, so it runs on a thread of its own. The input is only read while next() or save() is
/// awaited. Lives on the stream's executor; the stream must outlive it. Destroying it stops the thread.
/// Errors of the stream come out as themselves. Throws mtproto::error.
class remux {
  public:
    remux(byte_stream& from, container format, log_sink log = {});
    /// For an input of another kind, as tests have.
    remux(std::unique_ptr<mtproto::remux::input> from, container format, log_sink log = {});
    remux(remux&&) noexcept;
    remux& operator=(remux&&) noexcept;
    ~remux();

    /// The next fragment (the first one is the header), or nothing at the end. For fragmented_mp4 only:
    /// throws errc::bad_argument for mp4. A cancelled call can be repeated.
    boost::asio::awaitable<std::optional<chunk>> next();

    /// Writes all to a file beside `target`, renamed when complete, removed when not. A cancelled
    /// or failed call leaves nothing behind and ends the remux.
    boost::asio::awaitable<void> save(std::filesystem::path target);

    /// Bytes given out or written so far.
    std::int64_t written() const noexcept;

  private:
    class state;
    std::unique_ptr<state> state_;
};

}  // namespace mtproto::sink
