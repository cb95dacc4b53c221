// What stands at the name that a user chose.
#pragma once

#include "sink/entry.hpp"
#include "sink/unique_fd.hpp"

#include <mtproto/error.hpp>
#include <mtproto/sink/existing_file.hpp>

#include <filesystem>
#include <optional>
#include <sys/types.h>

namespace mtproto::sink {

struct target {
    entry at;                    ///< links followed: what they name is replaced, and they stay
    std::optional<mode_t> mode;  ///< permissions of the regular file that is there
    /// What is there takes bytes in order, and a file in its place would be none: a pipe, a socket, a
    /// character device, or whatever a descriptor of this process is open on ("/dev/stdout").
    unique_fd stream;
    std::optional<int> descriptor;  ///< of this process, that `stream` is a copy of
};

/// Where a file of that name goes. With existing_file::keep nothing is followed or replaced, and a name that
/// is too long is cut; one that a record would have gets another letter. Errors: errc::io_failed for a
/// folder, links that go in circles or are not to be followed, a name that is too long, a pipe or socket of
/// others; ENXIO as it is for a pipe that nobody reads.
outcome<target> find_target(const std::filesystem::path& name, existing_file there = existing_file::replace);

/// The mode of a file that is to replace what is there, while it comes: its owner writes it, and whoever may
/// not read the old one does not read it.
mode_t part_mode(const target& to) noexcept;
/// At the end it gets the mode of the old one, where the file system knows modes.
void take_mode(const target& from, int descriptor) noexcept;

}  // namespace mtproto::sink
