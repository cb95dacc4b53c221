// Numbers that an input cannot know, such as msg_ids: a mark in a message names one, and the target puts it
// there before the message is sent.
#pragma once

#include "base/endian.hpp"

#include <mtproto/bytes.hpp>

#include <cstdint>
#include <map>
#include <vector>

namespace mtproto::fuzz {

/// Eight bytes that stand for a number: the kind in the upper half, which of them in the lower.
enum class mark : std::uint32_t {
    sent = 0x746e6573,      ///< "sent": a msg_id of the client's
    received = 0x76636572,  ///< "recv": a msg_id of the server's
    ping = 0x676e6970,      ///< "ping": a ping_id that is out
    secret = 0x74726373,    ///< "scrt": a hash or the like that the peer was told
};

constexpr std::int64_t marked(mark kind, std::uint32_t which) noexcept {
    return static_cast<std::int64_t>(std::uint64_t{static_cast<std::uint32_t>(kind)} << 32 | which);
}

class marks {
  public:
    void add(mark kind, std::int64_t value) { values_[kind].push_back(value); }
    /// The `which`-th, counted round; 0 when there is none.
    std::int64_t get(mark kind, std::uint32_t which) const {
        const auto found = values_.find(kind);
        if (found == values_.end()) return 0;
        return found->second[which % found->second.size()];
    }
    /// A copy with the numbers in place. Marks stand at multiples of 4, as everything in TL does; the size is
    /// cut down to one.
    bytes fill(byte_view text) const {
        std::vector<std::byte> made(text.begin(), text.end());
        made.resize(made.size() / 4 * 4);
        for (std::size_t at = 0; at + 8 <= made.size(); at += 4) {
            const auto kind = static_cast<mark>(load_le<std::uint32_t>(made.data() + at + 4));
            const auto which = load_le<std::uint32_t>(made.data() + at);
            if (values_.contains(kind)) store_le(made.data() + at, get(kind, which));
        }
        return bytes::copy(made);
    }

  private:
    std::map<mark, std::vector<std::int64_t>> values_;
};

}  // namespace mtproto::fuzz
