// Hashing numbers.
#include "localdc/digest_of.hpp"

#include "base/endian.hpp"

#include <array>

namespace mtproto::localdc {

crypto::sha256_digest digest_of(std::initializer_list<std::int64_t> numbers) {
    std::array<std::byte, 64> text{};
    std::size_t used = 0;
    for (const std::int64_t number : numbers) {
        store_le(text.data() + used, number);
        used += sizeof number;
    }
    return crypto::sha256(byte_view(text).first(used));
}

}  // namespace mtproto::localdc
