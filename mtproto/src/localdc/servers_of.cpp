// A running cluster as its clients are told of it.
#include <mtproto/local_dc.hpp>

namespace mtproto {

cluster servers_of(const local_dc_info& info) {
    cluster made;
    made.home_dc = info.home_dc;
    made.rsa_public_keys.push_back(info.rsa_public_key);
    for (const local_dc_info::data_centre& dc : info.dcs)
        made.addresses.emplace_back(dc.id, dc.host, dc.port);
    return made;
}

}  // namespace mtproto
