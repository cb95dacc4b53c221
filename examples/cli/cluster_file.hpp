// The file that `mtpipe localdc --info` writes and `mtpipe --dc-info` reads.
#pragma once

#include <mtproto/config.hpp>

#include <string>

namespace mtproto {
struct local_dc_info;
}

namespace mtpipe {

struct known_cluster {
    mtproto::cluster servers;
    std::string websocket_certificate;  ///< PEM; empty: it takes no WebSockets
};

/// Throws command_error when the file, or a key that it names, cannot be read or makes no sense.
known_cluster read_cluster(const std::string& path);

#ifdef MTPIPE_WITH_LOCALDC
/// Writes the public key to `path`.pem and the certificate, if there is one, to `path`.crt, then `path`,
/// which only its owner can read: it holds the login code and the password. Throws command_error.
void write_cluster(const std::string& path, const mtproto::local_dc_info& info,
                   const std::string& websocket_certificate);
#endif

}  // namespace mtpipe
