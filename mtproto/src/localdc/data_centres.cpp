// Finding a data centre, and its key.
#include "localdc/data_centres.hpp"

#include <utility>

namespace mtproto::localdc {

data_centres::data_centres(int count, server_key rsa) : home(home_of(count)), rsa_key(std::move(rsa)) {
    for (int id = 1; id <= count; ++id)
        general.push_back({id, {}});
}

data_centre* data_centres::find(int id) {
    if (cdn && id == cdn_number) return &cdn->dc;
    if (id < 1 || id > static_cast<int>(general.size())) return nullptr;
    return &general[static_cast<std::size_t>(id - 1)];
}

const crypto::rsa_private_key& data_centres::key_of(const data_centre& dc) const {
    return dc.id == cdn_number ? cdn->rsa_key.key : rsa_key.key;
}

}  // namespace mtproto::localdc
