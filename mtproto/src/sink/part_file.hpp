// A file that has its final name only when it is complete.
#pragma once

#include "sink/target.hpp"
#include "sink/write_behind.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>
#include <mtproto/sink/existing_file.hpp>

#include <atomic>
#include <filesystem>
#include <memory>

namespace mtproto::sink {

/// Writes to a file of its own, "NAME.Ab12Cd.part" beside NAME, which the destructor removes unless finish()
/// renamed it. Several may be under way to one name; the last to finish stays, or has a number. A file that
/// is replaced gives it its mode, a link stays a link. What takes bytes in order is written as it is.
class part_file {
  public:
    /// Error: errc::io_failed with path and reason.
    static outcome<std::unique_ptr<part_file>> create(const std::filesystem::path& final_name,
                                                      existing_file there = existing_file::replace);
    /// Over a target that has a stream.
    static std::unique_ptr<part_file> over_stream(target to);
    ~part_file();
    part_file(const part_file&) = delete;
    part_file& operator=(const part_file&) = delete;

    outcome<void> write(std::int64_t offset, byte_view data);
    /// Behind all that was written, and will not be read again.
    outcome<void> append(byte_view data);
    outcome<std::size_t> read(std::int64_t offset, byte_span into);
    outcome<void> finish();

    /// The name that it has, once it is finished.
    std::filesystem::path name() const { return target_.at.shown(); }
    /// The furthest byte written, plus one. From any thread.
    std::int64_t size() const noexcept { return size_; }

  private:
    part_file(target to, existing_file there, entry part, unique_fd out);
    outcome<void> bring_to_disk();
    bool is_stream() const noexcept { return part_.name.empty(); }
    std::filesystem::path written_name() const { return is_stream() ? name() : part_.shown(); }

    target target_;
    existing_file there_;
    entry part_;  ///< without a name for a stream
    unique_fd out_;
    std::atomic<std::int64_t> size_{0};
    write_behind behind_;
};

}  // namespace mtproto::sink
