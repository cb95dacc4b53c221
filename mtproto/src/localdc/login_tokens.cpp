// The table of tokens, bounded.
#include "localdc/login_tokens.hpp"

#include "crypto/random_bytes.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::localdc {
namespace {

constexpr std::size_t most_tokens = 10'000;
constexpr std::size_t token_size = 32;

std::string key_of(byte_view token) {
    return {reinterpret_cast<const char*>(token.data()), token.size()};
}

}  // namespace

bytes login_tokens::add(login_token_state made, random_source& random) {
    std::erase_if(tokens_, [&](const auto& each) {
        return each.second.owner.dc == made.owner.dc && each.second.permanent_key == made.permanent_key;
    });
    if (tokens_.size() >= most_tokens) tokens_.clear();
    bytes token = crypto::random_bytes(random, token_size);
    tokens_[key_of(token)] = std::move(made);
    return token;
}

login_token_state* login_tokens::of_key(int dc, std::int64_t permanent_key) {
    const auto found = std::find_if(tokens_.begin(), tokens_.end(), [&](const auto& each) {
        return each.second.owner.dc == dc && each.second.permanent_key == permanent_key;
    });
    return found == tokens_.end() ? nullptr : &found->second;
}

login_token_state* login_tokens::find(byte_view token) {
    const auto found = tokens_.find(key_of(token));
    return found == tokens_.end() ? nullptr : &found->second;
}

bytes login_tokens::token_of(const login_token_state& one) const {
    const auto found =
        std::find_if(tokens_.begin(), tokens_.end(), [&](const auto& each) { return &each.second == &one; });
    return found == tokens_.end() ? bytes() : bytes::copy(std::string_view(found->first));
}

void login_tokens::forget(byte_view token) {
    tokens_.erase(key_of(token));
}

}  // namespace mtproto::localdc
