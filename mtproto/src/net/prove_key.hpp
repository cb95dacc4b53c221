// Asks a server whether it knows a permanent key, in a way that nobody on the way can answer for it.
#pragma once

#include "net/make_key.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace mtproto::net {

/// After -404 to `slot`'s permanent key, over a link that carries nothing else meanwhile: makes a temporary
/// key and binds it to that one (protocol 3.2), which only a server that knows both can answer. The key is
/// trusted again when it is bound; refused often enough it is given up (key_slot::disowned). The temporary
/// key is used for nothing. Gives the ids of keys that packets may still come under on that link. Errors:
/// those of make_key.
io::awaitable<outcome<std::vector<std::int64_t>>> prove_key(services& shared, std::shared_ptr<key_slot> slot,
                                                            link& over, key_wishes how);

}  // namespace mtproto::net
