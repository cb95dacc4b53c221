// Changes the container of a video on the way, without touching its pictures and sound.
#pragma once

#include <mtproto/byte_stream.hpp>
#include <mtproto/error.hpp>
#include <mtproto/log.hpp>
#include <mtproto/sink/existing_file.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace mtproto {
struct remux_access;
}

namespace mtproto::sink {

enum class container {
    /// A plain MP4 file whose index stands at the front, so that players and web servers can begin at once.
    /// Needs a file: the index is known last, and the file is moved up behind it at the end.
    mp4,
    /// MP4 in fragments, each playable when the ones before it are: for live delivery, no file needed. A
    /// fragment ends at a key frame, or at 2 MiB. Subtitles are left out: the index stands in front and waits
    /// for every stream to begin. For the same reason a stream that begins more than 10 s or 16 MiB into the
    /// file is left out where only its packets describe it (AC-3, TrueHD, AAC of a transport stream); others
    /// may begin when they like.
    fragmented_mp4,
    mov,             ///< QuickTime, which carries PCM and ProRes, too; otherwise as mp4
    fragmented_mov,  ///< as fragmented_mp4
    matroska,        ///< nearly everything; a file, or as a stream without an index for seeking
    webm,            ///< VP8, VP9, AV1, Opus and Vorbis alone; otherwise as matroska
};

/// What the file turned out to lack. Complete when all was given out or written.
struct remux_report {
    std::int64_t packets = 0;          ///< that were written
    std::int64_t damaged_packets = 0;  ///< of those read: incomplete, or not what their codec allows
    std::int64_t damaged_places = 0;   ///< where the container could not be followed
    bool ends_early = false;           ///< the container promises more than there is

    bool is_whole() const noexcept { return damaged_packets == 0 && damaged_places == 0 && !ends_early; }
};

struct remux_options {
    container format = container::mp4;
    /// A film that ends in the middle or has holes is no error; remux::report() tells of it.
    bool keep_going = false;
    log_sink log = {};
};

/// Reads a video from a stream and gives it out in another container: every video, sound and subtitle stream
/// that the container can carry, with language, dispositions, chapters and tags, and packet for packet at the
/// times that `ffmpeg -c copy` of version 5.1 gives them. HEVC alone is tagged otherwise: hvc1, which Apple's
/// players want, where its parameter sets stand apart. What the container cannot carry, and what begins too
/// late, is left out with a warning in the log; when no picture or no sound of the file would be left, it
/// fails with errc::remux_failed instead, and names containers that would do.
///
/// Both forms, file and fragments, have the same packets at the same times. Fragments have no list of edits
/// to hide packets: pictures that only serve to decode later ones stand just before the beginning, and sound
/// that is not to be heard is left out.
///
/// A film that ends in the middle or has holes is copied as far as it goes. Then next() or save() throws
/// errc::media_damaged in place of the end, unless options say otherwise; all that is whole has been given
/// out, and the file stands under its name. What was written is read back as far as its index before it is
/// called done: errc::remux_failed where it is not what it should be.
///
/// The file may be anybody's: only containers that hold their own data are read, no playlist and no
/// description of a session, and nothing that a file names is opened. What is encrypted is refused.
///
/// No temporary copy of the input. Memory: 4 MiB of input, 4 MiB of output and the index of an MP4 file; what
/// libavformat holds back to order packets by time, which is at most 10 s of the film (2 s for fragments)
/// where a stream pauses; at the beginning up to 16 MiB until all streams have begun; for fragments also the
/// one under way.
///
/// libavformat blocks, so it runs on a thread of its own. The input is only read while next() or save() is
/// awaited. Lives on the stream's executor; the stream must outlive it. Destroying it stops the thread and
/// waits for that. Throws mtproto::error: errc::remux_failed, media_damaged, io_failed with the system's
/// reason, bad_argument, cancelled, and what byte_stream::next() throws. next() and save() can be cancelled
/// by Asio's cancellation slots, with the type `terminal`.
class remux {
  public:
    remux(byte_stream& from, container format, log_sink log = {});
    remux(byte_stream& from, remux_options options);
    remux(remux&&) noexcept;
    remux& operator=(remux&&) noexcept;
    ~remux();

    /// The next fragment (the first one is the header), or nothing at the end. Throws errc::bad_argument for
    /// mp4 and mov, which need a file. A cancelled call can be repeated.
    boost::asio::awaitable<std::optional<chunk>> next();

    /// Writes all to a file beside `target`, which is renamed when complete and removed when not. A cancelled
    /// or failed call, also one that is cancelled while the index is moved to the front, leaves nothing
    /// behind and ends the remux. Gives the file's name, which has a number where existing_file::keep met
    /// another of that name.
    boost::asio::awaitable<std::filesystem::path> save(std::filesystem::path target,
                                                       existing_file there = existing_file::replace);

    /// Empty until all was given out or written.
    remux_report report() const noexcept;

    /// Bytes given out or written so far.
    std::int64_t written() const noexcept;

  private:
    friend struct mtproto::remux_access;
    class state;
    explicit remux(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

}  // namespace mtproto::sink
