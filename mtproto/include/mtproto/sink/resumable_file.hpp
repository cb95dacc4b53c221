// A sink that writes a file and can go on with what an earlier process left of it.
#pragma once

#include <mtproto/byte_stream.hpp>
#include <mtproto/client.hpp>
#include <mtproto/sink/sink.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace mtproto::sink {

class unfinished_file;

/// What becomes of the part of an earlier download.
enum class earlier_part { go_on, start_over };

/// Writes to "TARGET.part" beside `target` and renames that when all is written. Without finish(), whatever
/// ends the process, the part stays, and "TARGET.part.state", which tells what document it is of; a later
/// resume() goes on with them. Both are locked meanwhile. Writing blocks the executor for as long as the
/// operating system takes for one chunk. A character device is written as it is, from the beginning.
class resumable_file final : public sink {
  public:
    explicit resumable_file(std::filesystem::path target, earlier_part what = earlier_part::go_on);
    ~resumable_file() override;
    resumable_file(const resumable_file&) = delete;
    resumable_file& operator=(const resumable_file&) = delete;

    /// The offset at which to open the stream that is to be written, once and before all else. What is on
    /// disk is read, and counts as far as the server's hashes prove it; a piece in the middle that they do
    /// not prove is fetched and written again here. Of another document than `file`, or without hashes,
    /// nothing counts. `from` must live until it returns. Throws mtproto::error: errc::io_failed when another
    /// process writes the file, when the part has no record and is not of this document (it is left alone),
    /// or as the system says; bad_part when a piece is wrong a second time; those of client::hashes and
    /// byte_stream::next. After a cancellation all that was there stays.
    /// `on_progress` hears what has been read of the part, as `received` of the whole file.
    boost::asio::awaitable<std::int64_t> resume(client& from, media file, progress_callback on_progress = {});

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

  private:
    boost::asio::awaitable<outcome<std::int64_t>> open(client& from, media file,
                                                       progress_callback on_progress);
    failure not_ours();

    std::filesystem::path target_;
    earlier_part what_;
    std::unique_ptr<sink> device_;           ///< in place of `part_`
    std::unique_ptr<unfinished_file> part_;  ///< from resume() to finish()
    std::int64_t size_ = 0;
    std::int64_t position_ = 0;
    std::int64_t repaired_ = 0;
};

}  // namespace mtproto::sink
