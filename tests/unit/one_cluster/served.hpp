// What the tests that download from the local data centre have it serve.
#pragma once

#include "localdc/server_key.hpp"

#include <cstddef>
#include <string>

namespace mtproto::test {

/// A file's bytes, other ones at every place.
inline std::string file_of(std::size_t size) {
    std::string made(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        made[i] = static_cast<char>((i * 2654435761u) >> 13);
    return made;
}

/// Making a key takes 100 ms and more: one for all tests.
inline const localdc::server_key& key_of_cluster() {
    static const localdc::server_key key = localdc::load_server_key("").value();
    return key;
}

}  // namespace mtproto::test
