// The table of codes, bounded.
#include "localdc/sent_codes.hpp"

#include "base/hex.hpp"
#include "crypto/random_bytes.hpp"

#include <utility>

namespace mtproto::localdc {
namespace {

// A demonstration's tables must not grow without end.
constexpr std::size_t most_pending = 10'000;
constexpr std::size_t code_hash_size = 9;

}  // namespace

std::string sent_codes::add(sent_code made, random_source& random) {
    std::string hash = hex(crypto::random_bytes(random, code_hash_size));
    if (codes_.size() >= most_pending) codes_.clear();
    codes_[hash] = std::move(made);
    return hash;
}

sent_code* sent_codes::find(const std::string& phone, const std::string& hash) {
    const auto found = codes_.find(hash);
    return found != codes_.end() && found->second.phone == phone ? &found->second : nullptr;
}

}  // namespace mtproto::localdc
