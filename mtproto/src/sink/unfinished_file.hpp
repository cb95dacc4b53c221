// A file on its way to its name that outlives the process which writes it.
#pragma once

#include "sink/resume_record.hpp"
#include "sink/target.hpp"
#include "sink/write_behind.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>
#include <mtproto/sink/existing_file.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace mtproto::sink {

/// "NAME.part" beside NAME, and its record "NAME.part.state".
entry part_beside(const entry& at);
entry record_beside(const entry& at);

/// The part, locked against every other process. Both stay when this object goes, unless nothing was written
/// or finish() made one NAME of them.
class unfinished_file {
  public:
    /// Opens what is there, or makes it; nothing when another process is at it. Errors: errc::io_failed with
    /// path and reason, also for a part that is not this user's alone.
    static outcome<std::unique_ptr<unfinished_file>> open(target of);
    ~unfinished_file();
    unfinished_file(const unfinished_file&) = delete;
    unfinished_file& operator=(const unfinished_file&) = delete;

    /// Of the part.
    std::filesystem::path name() const { return part_.shown(); }
    /// Why no lock keeps others away; empty when one does. Some network file systems have none.
    const std::string& why_unlocked() const noexcept { return unlocked_; }
    outcome<std::int64_t> size() const;
    outcome<found_record> record() const { return load_record(record_beside(target_.at)); }
    /// What follows is of that document.
    outcome<void> begin(const resume_record& of) { return store_record(record_beside(target_.at), of); }

    outcome<void> write(std::int64_t offset, byte_view data);
    outcome<std::size_t> read(std::int64_t offset, byte_span into) const;
    outcome<void> truncate(std::int64_t size);
    /// Data to the disk, then the name, which it gives. Killed at any moment, it leaves the part or the whole
    /// file.
    outcome<std::filesystem::path> finish(existing_file there);

  private:
    unfinished_file(target of, unique_fd part, std::string unlocked);

    target target_;
    entry part_;
    unique_fd data_;
    std::string unlocked_;
    write_behind behind_;
};

}  // namespace mtproto::sink
