// The step from a part to the whole file.
#pragma once

#include "sink/entry.hpp"

#include <mtproto/error.hpp>
#include <mtproto/sink/existing_file.hpp>

namespace mtproto::sink {

/// Renames `part` to `wanted`, in the same folder. With existing_file::keep nothing that is there is
/// replaced, whoever makes it at the same time: the next number that is free is taken. Gives the name.
outcome<entry> give_name(const entry& part, const entry& wanted, existing_file there);

}  // namespace mtproto::sink
