// How a client introduces itself to a data centre (protocol 5.11).
#pragma once

#include <mtproto/bytes.hpp>

#include <cstdint>
#include <string>

namespace mtproto::net {

struct introduction {
    std::int32_t api_id = 0;
    std::string device_model;
    std::string system_version;
    std::string app_version;
    std::string language;
};

/// The same program without a word about the device.
introduction anonymous(const introduction& who);

/// The API's layer that introductions name.
std::int32_t stated_layer() noexcept;

/// invokeWithLayer(initConnection(query)): `query` is boxed, and so is what comes back.
bytes introduce(const introduction& who, const bytes& query);

}  // namespace mtproto::net
