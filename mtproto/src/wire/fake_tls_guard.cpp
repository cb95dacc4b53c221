// What a server of fake TLS lets in (protocol 1.9).
#include "crypto/sha.hpp"
#include "wire/fake_tls.hpp"
#include "wire/fake_tls_layout.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace mtproto::wire {
namespace {

/// Up to the end of the session id.
constexpr std::size_t least_hello = tls_session_id_at + 1 + tls_random_size;
/// Browsers' hellos with a post-quantum key share have 1,700 bytes.
constexpr std::size_t most_hello = 4096;
/// Hellos that are remembered at most: who sends more in the time that one is good for may replay one.
constexpr std::size_t most_taken = 100'000;

/// Reads what is length-prefixed; nothing more once the data ends too early.
class tls_reader {
  public:
    explicit tls_reader(byte_view data) : left_(data) {}

    byte_view take(std::size_t size) {
        if (size > left_.size()) {
            broken_ = true;
            size = 0;
        }
        const byte_view taken = left_.first(size);
        left_ = left_.subspan(size);
        return taken;
    }
    std::size_t number(std::size_t size) {
        std::size_t value = 0;
        for (const std::byte each : take(size))
            value = value << 8 | std::to_integer<std::size_t>(each);
        return value;
    }
    byte_view counted(std::size_t length_size) { return take(number(length_size)); }
    bool empty() const noexcept { return left_.empty() || broken_; }
    bool broken() const noexcept { return broken_; }

  private:
    byte_view left_;
    bool broken_ = false;
};

/// The domain in a hello's server_name; empty when there is none.
std::optional<std::string> domain_of(byte_view record) {
    tls_reader hello(record.subspan(least_hello));
    hello.counted(2);  // cipher suites
    hello.counted(1);  // compression
    tls_reader extensions(hello.counted(2));
    std::string domain;
    while (!extensions.empty()) {
        const std::size_t type = extensions.number(2);
        tls_reader inside(extensions.counted(2));
        if (type != 0 || !domain.empty()) continue;
        tls_reader names(inside.counted(2));
        names.number(1);  // a host's name, the only type there is
        domain = as_text(names.counted(2));
        if (inside.broken() || names.broken()) return std::nullopt;
    }
    if (hello.broken() || extensions.broken()) return std::nullopt;
    return domain;
}

}  // namespace

result<std::size_t> client_hello_size(byte_view have) noexcept {
    if (have.size() < tls_head_size) return tls_head_size;
    // The one record that says TLS 1.0.
    if (have[0] != tls_handshake || have[1] != std::byte{3} || have[2] != std::byte{1})
        return errc::malformed;
    const std::size_t size = tls_head_size + tls_record_length(have.data());
    if (size < least_hello) return errc::malformed;
    if (size > most_hello) return errc::too_large;
    return size;
}

result<seen_hello> fake_tls_guard::admit(byte_view record, unix_time now) {
    const result<std::size_t> size = client_hello_size(record);
    if (!size || *size != record.size()) return errc::malformed;
    if (record[tls_session_id_at] != std::byte{tls_random_size}) return errc::malformed;

    seen_hello seen;
    std::copy_n(record.data() + tls_random_at, tls_random_size, seen.random.data());
    std::copy_n(record.data() + tls_session_id_at + 1, tls_random_size, seen.session_id.data());
    constexpr std::array<std::byte, tls_random_size> no_random{};
    const crypto::sha256_digest proof = crypto::hmac_sha256(
        secret_.key, {record.first(tls_random_at), no_random, record.subspan(tls_session_id_at)});
    constexpr std::size_t plain = tls_random_size - sizeof(std::uint32_t);
    if (!crypto::constant_time_equal(byte_view(proof).first(plain), byte_view(seen.random).first(plain)))
        return errc::malformed;

    std::optional<std::string> domain = domain_of(record);
    if (!domain || *domain != secret_.domain) return errc::malformed;
    seen.domain = std::move(*domain);

    const auto seconds =
        load_le<std::uint32_t>(proof.data() + plain) ^ load_le<std::uint32_t>(seen.random.data() + plain);
    const unix_time named = std::chrono::seconds(seconds);
    if (named < now - most_behind || named > now + most_ahead) return errc::bad_message;
    forget(now);
    if (!taken_.emplace(seen.random, named).second) return errc::replayed;
    return seen;
}

void fake_tls_guard::forget(unix_time now) {
    std::erase_if(taken_, [&](const auto& each) { return each.second < now - most_behind; });
    if (taken_.size() >= most_taken) taken_.erase(taken_.begin());
}

}  // namespace mtproto::wire
