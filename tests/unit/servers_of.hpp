// The local data centre as clients of tests see it.
#pragma once

#include <mtproto/config.hpp>
#include <mtproto/local_dc.hpp>

namespace mtproto::test {

/// Without the media-only addresses, which help.getConfig tells.
inline cluster servers_of(const local_dc_info& info) {
    cluster made;
    made.home_dc = info.home_dc;
    made.rsa_public_keys.push_back(info.rsa_public_key);
    for (const local_dc_info::data_centre& dc : info.dcs) {
        dc_address& address = made.addresses.emplace_back();
        address.dc = dc.id;
        address.host = dc.host;
        address.port = dc.port;
    }
    return made;
}

}  // namespace mtproto::test
