// Parts and hashes of a file, as the data centres and the CDN give them alike.
#pragma once

#include "localdc/call.hpp"

#include <mtproto/tl_api_fwd.hpp>

#include <cstdint>
#include <vector>

namespace mtproto::localdc {

/// Throws refusal when no part may begin there, or be so long (protocol 8.1).
void check_alignment(std::int64_t offset, std::int64_t limit, bool precise);
/// The part at `offset`, with the fault that is to strike it. At the end and past it there is nothing:
/// readers that do not know the size find it so.
file_part part_at(const call& now, const served_file& file, std::int64_t offset, std::int32_t limit);
/// The hashes of some windows, from the one that holds the offset on; at the end and past it there is none.
/// Throws refusal.
std::vector<tl::fileHash> hashes_at(call& now, const served_file& file, std::int64_t offset);
/// upload.fileCdnRedirect for a file that the CDN has.
reply redirect(call& now, const served_file& file, std::int64_t offset);

}  // namespace mtproto::localdc
