// A file on its way to its name that outlives the process which writes it.
#pragma once

#include "sink/resume_record.hpp"
#include "sink/target.hpp"
#include "sink/write_behind.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>

namespace mtproto::sink {

/// "NAME.part" beside NAME, locked against every other process, and its record "NAME.part.state". Both stay
/// when this object goes, unless nothing was written or finish() made one NAME of them.
class unfinished_file {
  public:
    /// Opens what is there, or makes it. Errors: errc::io_failed with path and reason, also when another
    /// process is at it.
    static outcome<std::unique_ptr<unfinished_file>> open(target of);
    ~unfinished_file();
    unfinished_file(const unfinished_file&) = delete;
    unfinished_file& operator=(const unfinished_file&) = delete;

    const std::filesystem::path& name() const noexcept { return part_name_; }
    outcome<std::int64_t> size() const;
    outcome<found_record> record() const { return load_record(record_name_); }
    /// What follows is of that document.
    outcome<void> begin(const resume_record& of);

    outcome<void> write(std::int64_t offset, byte_view data);
    outcome<std::size_t> read(std::int64_t offset, byte_span into) const;
    outcome<void> truncate(std::int64_t size);
    /// Data to the disk, then the name. Killed at any moment, it leaves the part or the whole file.
    outcome<void> finish();

  private:
    unfinished_file(target of, int descriptor);

    target target_;
    std::filesystem::path part_name_;
    std::filesystem::path record_name_;
    int descriptor_;
    write_behind behind_;
};

}  // namespace mtproto::sink
