// The one place that states the API's layer.
#include "net/init_connection.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

namespace mtproto::net {

client_description anonymous(const client_description& client) {
    client_description made = client;
    made.device_model = made.system_version = "n/a";
    return made;
}

std::int32_t stated_layer() noexcept {
    return tl::api_layer;
}

bytes init_connection(const client_description& client, const bytes& query) {
    tl::initConnection init;
    init.api_id = client.api_id;
    init.device_model = client.device_model;
    init.system_version = client.system_version;
    init.app_version = client.app_version;
    init.system_lang_code = client.language;
    init.lang_pack = "";
    init.lang_code = client.language;
    init.query.data = query;
    tl::invokeWithLayer outer;
    outer.layer = stated_layer();
    outer.query.data = tl::encode(init);
    return tl::encode(outer);
}

}  // namespace mtproto::net
