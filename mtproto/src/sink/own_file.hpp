// Opens the files beside the user's name: never anybody else's, and never something to wait for.
#pragma once

#include "sink/entry.hpp"
#include "sink/unique_fd.hpp"

#include <mtproto/error.hpp>

#include <sys/stat.h>

namespace mtproto::sink {

inline constexpr mode_t writable_by_others = S_IWGRP | S_IWOTH;

/// A regular file of this user's alone. `flags` are open()'s; it follows no link and waits for nothing. Not
/// open when there is none and O_CREAT was not said. Error: errc::io_failed, also for what is no file,
/// belongs to another user, can be written by others than a new file here, or has a second name.
outcome<unique_fd> open_own(const entry& at, int flags, mode_t mode = 0666);

/// Whether that is a regular file which nobody else may write. It may have other names.
bool is_safe(const entry& at, int descriptor);

}  // namespace mtproto::sink
