// A key for a slot: made by one connection, while the others wait for it.
#pragma once

#include "net/key_slot.hpp"

#include <mtproto/error.hpp>

namespace mtproto::net {

/// Returns once `slot` has a key. Waits while another connection makes it, and calls `make` when none does:
/// `make()` gives an io::awaitable<outcome<void>>, and `media` says of which kind its addresses are. Errors:
/// those of `make`; those of key_slot::exchange_of_another.
template <class Make>
io::awaitable<outcome<void>> obtain_key(key_slot& slot, bool media, const Make& make) {
    while (!slot.key()) {
        if (!slot.begin_exchange()) {
            const outcome<void> ended = co_await slot.exchange_of_another(media);
            if (!ended) co_return ended.error();
            continue;
        }
        const exchange_turn turn(slot);
        const outcome<void> made = co_await make();
        if (!made) {
            turn.failed(made.error(), media);
            co_return made.error();
        }
    }
    co_return outcome<void>{};
}

}  // namespace mtproto::net
