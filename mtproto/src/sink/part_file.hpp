// A file that has its final name only when it is complete.
#pragma once

#include "sink/write_behind.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <atomic>
#include <filesystem>
#include <memory>

namespace mtproto::sink {

/// Writes to a file of its own, "NAME.Ab12Cd.part" beside NAME, which the destructor removes unless finish()
/// renamed it. Several may be under way to one name; the last to finish stays. A file that is there is
/// replaced and keeps its mode, a link stays a link. A character device is written as it is; another thing
/// that is no regular file is refused.
class part_file {
  public:
    /// Error: errc::io_failed with path and reason.
    static outcome<std::unique_ptr<part_file>> create(std::filesystem::path final_name);
    ~part_file();
    part_file(const part_file&) = delete;
    part_file& operator=(const part_file&) = delete;

    outcome<void> write(std::int64_t offset, byte_view data);
    /// Behind all that was written, and will not be read again.
    outcome<void> append(byte_view data);
    outcome<std::size_t> read(std::int64_t offset, byte_span into);
    outcome<void> finish();

    /// The furthest byte written, plus one. From any thread.
    std::int64_t size() const noexcept { return size_; }

  private:
    part_file(std::filesystem::path final_name, std::filesystem::path part_name, int descriptor,
              bool in_place)
        : final_name_(std::move(final_name)),
          part_name_(std::move(part_name)),
          descriptor_(descriptor),
          in_place_(in_place) {}

    std::filesystem::path final_name_;
    std::filesystem::path part_name_;
    int descriptor_ = -1;
    bool in_place_;  ///< a device: no other name, nothing to remove
    std::atomic<std::int64_t> size_{0};
    write_behind behind_;
};

}  // namespace mtproto::sink
