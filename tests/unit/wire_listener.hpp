// Reads along what a client writes to an unobfuscated connection, as a server would.
#pragma once

#include "wire/framing.hpp"
#include "wire/packet.hpp"

#include <mtproto/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace mtproto::test {

class wire_listener {
  public:
    /// `found` is called with each packet that is whole with these bytes.
    template <class Found>
    void hear(byte_view written, const Found& found) {
        while (!written.empty()) {
            const byte_span room = reader_.prepare();
            const std::size_t count = std::min(room.size(), written.size());
            std::copy_n(written.begin(), count, room.begin());
            written = written.subspan(count);
            if (!reader_.commit(count)) return;
            while (const std::optional<wire::packet> each = reader_.next())
                found(*each);
        }
    }

  private:
    buffer_pool pool_;
    wire::frame_reader reader_{wire::role::server, std::nullopt, pool_};
};

}  // namespace mtproto::test
