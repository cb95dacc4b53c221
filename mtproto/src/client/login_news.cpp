// Finds the word in an object of updates, without decoding it.
#include "client/login_news.hpp"

#include "base/endian.hpp"

#include <algorithm>
#include <cstdint>

namespace mtproto::core {
namespace {

constexpr std::uint32_t update_login_token = 0x564fe691;
/// updateShort begins with it after 4 bytes, updates and updatesCombined after 12.
constexpr std::size_t looked_at = 16;

}  // namespace

bool tells_of_token(byte_view update) noexcept {
    const std::size_t size = std::min(update.size(), looked_at);
    for (std::size_t at = 0; at + sizeof update_login_token <= size; at += sizeof update_login_token)
        if (load_le<std::uint32_t>(update.data() + at) == update_login_token) return true;
    return false;
}

void login_news::take(byte_view update) {
    if (!tells_of_token(update)) return;
    ++count_;
    changed_.notify();
}

io::awaitable<result<void>> login_news::after(int seen) {
    while (count_ == seen)
        if (const auto waited = co_await changed_.wait(); !waited) co_return waited;
    co_return result<void>();
}

}  // namespace mtproto::core
