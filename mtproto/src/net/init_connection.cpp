// The one place that states the API's layer.
#include "net/init_connection.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

namespace mtproto::net {

introduction anonymous(const introduction& who) {
    introduction made = who;
    made.device_model = made.system_version = "n/a";
    return made;
}

std::int32_t stated_layer() noexcept {
    return tl::api_layer;
}

bytes introduce(const introduction& who, const bytes& query) {
    tl::initConnection init;
    init.api_id = who.api_id;
    init.device_model = who.device_model;
    init.system_version = who.system_version;
    init.app_version = who.app_version;
    init.system_lang_code = who.language;
    init.lang_pack = "";
    init.lang_code = who.language;
    init.query.data = query;
    tl::invokeWithLayer outer;
    outer.layer = stated_layer();
    outer.query.data = tl::encode(init);
    return tl::encode(outer);
}

}  // namespace mtproto::net
