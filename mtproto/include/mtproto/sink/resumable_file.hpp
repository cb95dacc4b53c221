// A sink that writes a file and can go on with what an earlier process left of it.
#pragma once

#include <mtproto/byte_stream.hpp>
#include <mtproto/log.hpp>
#include <mtproto/media_opener.hpp>
#include <mtproto/sink/existing_file.hpp>
#include <mtproto/sink/sink.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace mtproto::sink {

class part_file;
class unfinished_file;
struct entry;
struct target;

/// What becomes of the part of an earlier download.
enum class earlier_part { go_on, start_over };

/// Writes to "TARGET.part" beside `target` and renames that when all is written. Without finish(), whatever
/// ends the process, the part stays, and "TARGET.part.state", which tells what document it is of; a later
/// resume() goes on with them. Both are locked meanwhile, where the file system has locks. Writing blocks the
/// executor for as long as the operating system takes for one chunk. What is no file, and which links are
/// followed: as for sink::file.
///
/// With existing_file::keep another document's file and part of that name stay, and this one is called
/// "TARGET (2)" or by the next number; where all of this document stands already, nothing is fetched.
class resumable_file final : public sink {
  public:
    /// `log` hears, as warnings, of a part that begins anew since the server has no hashes, and of a lock
    /// that the file system does not have.
    explicit resumable_file(std::filesystem::path target, earlier_part what = earlier_part::go_on,
                            existing_file there = existing_file::replace, log_sink log = {});
    ~resumable_file() override;
    resumable_file(const resumable_file&) = delete;
    resumable_file& operator=(const resumable_file&) = delete;

    /// The offset at which to open the stream that is to be written, once and before all else. What is on
    /// disk is read, and counts as far as the server's hashes prove it; a piece in the middle that they do
    /// not prove is fetched and written again here. Of another document than `file`, or without hashes,
    /// nothing counts. What does not count stays until write() has something in its place. `from` must live
    /// until it returns. Throws mtproto::error: errc::io_failed when another process writes the file, when
    /// the part or its record is not this user's alone (another's, a hard link, writable by others, no file),
    /// when the part has no record and is not of this document (it is left alone), or as the system says;
    /// bad_part when a piece is wrong a second time; those of client::hashes, but for a server that has none,
    /// and of byte_stream::next. After a cancellation all that was there stays.
    /// `on_progress` hears what has been read of the part, as `received` of the whole file.
    boost::asio::awaitable<std::int64_t> resume(media_opener& from, media file,
                                                progress_callback on_progress = {});

    /// Chunks must follow each other from the offset that resume() gave. Errors: errc::bad_argument for
    /// others, errc::io_failed with the path and the system's reason; the part stays.
    boost::asio::awaitable<outcome<void>> write(chunk part) override;
    /// Brings the data to the disk, renames, and brings that to the disk. errc::bad_argument when the file is
    /// not whole.
    boost::asio::awaitable<outcome<void>> finish() override;

    /// The part that will stay, when there is one.
    std::optional<std::filesystem::path> left() const;
    /// Bytes that resume() fetched again.
    std::int64_t repaired() const noexcept { return repaired_; }
    /// Where the file stands after finish(); with existing_file::keep it may have a number.
    const std::filesystem::path& name() const noexcept { return target_; }
    /// resume() found all of the document there, so that nothing is to be written.
    bool was_there() const noexcept { return was_there_; }

  private:
    boost::asio::awaitable<outcome<std::int64_t>> open(media_opener& from, media file,
                                                       progress_callback on_progress);
    outcome<void> open_part(target where);
    boost::asio::awaitable<outcome<void>> open_beside(media_opener& from, media file, entry wanted,
                                                      progress_callback on_progress);
    boost::asio::awaitable<outcome<std::int64_t>> go_on(media_opener& from, media file,
                                                        progress_callback on_progress);
    outcome<void> drop_rest(std::int64_t from);
    failure not_ours();
    void warn(const std::string& line) const;

    std::filesystem::path target_;
    earlier_part earlier_;
    existing_file there_;
    log_sink log_;
    std::unique_ptr<part_file> stream_;      ///< in place of `part_`
    std::unique_ptr<unfinished_file> part_;  ///< from resume() to finish()
    std::int64_t size_ = 0;
    std::int64_t position_ = 0;
    std::int64_t repaired_ = 0;
    bool rest_is_stale_ = false;  ///< what the part has behind position_
    bool was_there_ = false;
};

}  // namespace mtproto::sink
