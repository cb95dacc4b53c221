// A sink that writes a file.
#pragma once

#include <mtproto/sink/existing_file.hpp>
#include <mtproto/sink/sink.hpp>

#include <filesystem>
#include <memory>

namespace mtproto::sink {

class part_file;

/// Writes to a file of its own beside `target`, whose name ends in .part, and renames that to `target` when
/// all is written; removes it when it is destroyed without. Writing blocks the executor for as long as the
/// operating system takes for one chunk, finishing for as long as it takes to bring the data to the disk.
/// What the disk has is not kept in the page cache. A pipe, a socket, a character device, and /dev/stdout or
/// /dev/fd/N, whatever that is, are written in order and not replaced; a pipe's reader that went away is an
/// error (ignore SIGPIPE), as is a limit on the size of files (ignore SIGXFSZ). Links are followed by the
/// kernel's rule for /tmp, in every folder that others may write: this user's own, and those of the folder's
/// owner. Errors: errc::io_failed with the path and the system's reason; ENXIO for a pipe that nobody reads.
class file final : public sink {
  public:
    explicit file(std::filesystem::path target, existing_file there = existing_file::replace);
    ~file() override;

    boost::asio::awaitable<outcome<void>> write(chunk part) override;
    boost::asio::awaitable<outcome<void>> finish() override;

    /// Where it stands after finish(): with existing_file::keep the name may have a number.
    std::filesystem::path name() const;

  private:
    outcome<void> open();

    std::filesystem::path target_;
    existing_file there_;
    std::unique_ptr<part_file> out_;  ///< from the first chunk on: what never starts leaves no trace
};

}  // namespace mtproto::sink
