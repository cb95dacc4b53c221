// One after the other, each behind its length in two bytes.
#include "client/future_tokens.hpp"

#include "base/endian.hpp"
#include "crypto/secret.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace mtproto::core {
namespace {

using length = std::uint16_t;

void append(std::vector<std::byte>& to, byte_view token) {
    const std::size_t at = to.size();
    to.resize(at + sizeof(length) + token.size());
    store_le(to.data() + at, static_cast<length>(token.size()));
    std::copy(token.begin(), token.end(), to.begin() + static_cast<std::ptrdiff_t>(at + sizeof(length)));
}

}  // namespace

std::vector<bytes> future_tokens_of(const stored_session& session) {
    std::vector<bytes> made;
    const auto found = session.parts.find(future_tokens_part);
    if (found == session.parts.end()) return made;
    byte_view left = found->second;
    while (left.size() >= sizeof(length) && made.size() < most_future_tokens) {
        const std::size_t size = load_le<length>(left.data());
        left = left.subspan(sizeof(length));
        if (size > left.size()) return {};
        made.push_back(bytes::copy(left.first(size)));
        left = left.subspan(size);
    }
    return made;
}

void keep_future_tokens(stored_session& session, byte_view added) {
    const std::vector<bytes> before = future_tokens_of(session);
    std::vector<std::byte> part;
    if (!added.empty() && added.size() <= std::numeric_limits<length>::max()) append(part, added);
    for (std::size_t i = 0; i < before.size() && i + 1 < most_future_tokens; ++i)
        append(part, before[i]);
    for (auto& [number, data] : session.parts)
        crypto::wipe(data);
    session.parts.clear();
    if (!part.empty()) session.parts[future_tokens_part] = std::move(part);
}

}  // namespace mtproto::core
