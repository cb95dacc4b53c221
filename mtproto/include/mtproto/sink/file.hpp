// A sink that writes a file.
#pragma once

#include <mtproto/sink/sink.hpp>

#include <filesystem>
#include <memory>

namespace mtproto::sink {

class part_file;

/// Writes to a file of its own beside `target`, whose name ends in .part, and renames that to `target` when
/// all is written; removes it when it is destroyed without. Writing blocks the executor for as long as the
/// operating system takes for one chunk, finishing for as long as it takes to bring the data to the disk. A
/// character device is written as it is. What the disk has is not kept in the page cache. Errors:
/// errc::io_failed with the path and the system's reason.
class file final : public sink {
  public:
    explicit file(std::filesystem::path target);
    ~file() override;

    boost::asio::awaitable<outcome<void>> write(chunk part) override;
    boost::asio::awaitable<outcome<void>> finish() override;

  private:
    std::filesystem::path target_;
    std::unique_ptr<part_file> out_;  ///< from the first chunk on: what never starts leaves no trace
};

}  // namespace mtproto::sink
