// Looks for secrets in texts, however they are spelled.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/random.hpp>

#include <cctype>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace mtproto::test {

/// Secrets of 8 bytes and more are known by each 8 bytes of them: a part of a key is a leak, too. They are
/// found as they are, in hexadecimal, in base64 of both alphabets, and as decimal numbers, in either byte
/// order.
class leak_finder {
  public:
    void add(byte_view secret) {
        for (std::size_t i = 0; i + window <= secret.size(); ++i)
            known_.insert(number(secret.subspan(i, window)));
    }
    void add(std::int64_t secret) { known_.insert(static_cast<std::uint64_t>(secret)); }
    /// A password or a code, of any length.
    void add_text(std::string secret) {
        add(as_bytes(secret));
        texts_.push_back(std::move(secret));
    }
    std::size_t size() const noexcept { return known_.size() + texts_.size(); }

    bool found_in(std::string_view text) const {
        for (const std::string& each : texts_)
            if (text.find(each) != text.npos || text.find(hex(each)) != text.npos) return true;
        for (std::size_t i = 0; i < text.size(); ++i)
            if (raw_at(text, i) || hex_at(text, i) || base64_at(text, i) || decimal_at(text, i)) return true;
        return false;
    }

  private:
    static constexpr std::size_t window = 8;

    static std::uint64_t number(byte_view data) {
        std::uint64_t made = 0;
        std::memcpy(&made, data.data(), window);
        return made;
    }
    static std::string hex(std::string_view text) {
        std::string made;
        for (const char c : text) {
            made += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
            made += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
        }
        return made;
    }
    bool is_known(std::uint64_t given) const {
        return known_.contains(given) || known_.contains(__builtin_bswap64(given));
    }
    bool raw_at(std::string_view text, std::size_t at) const {
        return at + window <= text.size() && is_known(number(as_bytes(text.substr(at, window))));
    }
    bool hex_at(std::string_view text, std::size_t at) const {
        if (at + 2 * window > text.size()) return false;
        std::uint64_t value = 0;
        for (const char c : text.substr(at, 2 * window)) {
            if (!std::isxdigit(static_cast<unsigned char>(c))) return false;
            value = value << 4 | static_cast<std::uint64_t>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
        }
        return is_known(value);
    }
    bool base64_at(std::string_view text, std::size_t at) const {
        if (at + 12 > text.size()) return false;
        std::vector<std::byte> decoded;
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 12; ++i) {
            const int value = base64_value(text[at + i]);
            if (value < 0) return false;
            bits = bits << 6 | static_cast<std::uint32_t>(value);
            if (i % 4 == 3)
                for (int shift = 16; shift >= 0; shift -= 8)
                    decoded.push_back(static_cast<std::byte>(bits >> shift & 0xff));
        }
        return is_known(number(byte_view(decoded).first(window)));
    }
    static int base64_value(char c) {
        if (c >= 'A' && c <= 'Z') return c - 'A';
        if (c >= 'a' && c <= 'z') return c - 'a' + 26;
        if (c >= '0' && c <= '9') return c - '0' + 52;
        if (c == '+' || c == '-') return 62;
        return c == '/' || c == '_' ? 63 : -1;
    }
    bool decimal_at(std::string_view text, std::size_t at) const {
        const bool negative = text[at] == '-';
        std::uint64_t value = 0;
        std::size_t digits = 0;
        for (std::size_t i = at + negative; i < text.size() && digits < 20; ++i, ++digits) {
            if (text[i] < '0' || text[i] > '9') break;
            value = value * 10 + static_cast<std::uint64_t>(text[i] - '0');
        }
        return digits > 8 && is_known(negative ? std::uint64_t{0} - value : value);
    }

    std::unordered_set<std::uint64_t> known_;
    std::vector<std::string> texts_;
};

/// Whatever is drawn from it is a secret: exponents, nonces, keys of obfuscation, session ids, padding.
class watched_random final : public random_source {
  public:
    watched_random(random_source& from, leak_finder& into) : from_(from), into_(into) {}
    void fill(byte_span out) override {
        from_.fill(out);
        into_.add(byte_view(out));
    }

  private:
    random_source& from_;
    leak_finder& into_;
};

}  // namespace mtproto::test
