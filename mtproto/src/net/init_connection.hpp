// initConnection: a client says to a data centre who it is (protocol 5.11).
#pragma once

#include <mtproto/bytes.hpp>

#include <cstdint>
#include <string>

namespace mtproto::net {

/// What it says of itself.
struct client_description {
    std::int32_t api_id = 0;
    std::string device_model;
    std::string system_version;
    std::string app_version;
    std::string language;
};

/// The same program without a word about the device.
client_description anonymous(const client_description& client);

/// The API's layer that initConnection names.
std::int32_t stated_layer() noexcept;

/// invokeWithLayer(initConnection(query)): `query` is boxed, and so is what comes back.
bytes init_connection(const client_description& client, const bytes& query);

}  // namespace mtproto::net
