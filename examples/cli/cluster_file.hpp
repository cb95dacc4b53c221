// The file that `mtpipe localdc --info` writes and `mtpipe --dc-info` reads.
#pragma once

#include <mtproto/config.hpp>

#include <string>

namespace mtproto {
struct local_dc_info;
}

namespace mtpipe {

/// Throws command_error when the file, or the key that it names, cannot be read or makes no sense.
mtproto::cluster read_cluster(const std::string& path);

#ifdef MTPIPE_WITH_LOCALDC
/// Writes the public key to `path`.pem, then `path` beside and renamed into place. Throws command_error.
void write_cluster(const std::string& path, const mtproto::local_dc_info& info);
#endif

}  // namespace mtpipe
