// The frame of Telegram Desktop's files, their names, and the encryption of what stands in them.
#include "foreign/tdata_file.hpp"

#include "crypto/kdf.hpp"
#include "crypto/sha.hpp"
#include "foreign/byte_reader.hpp"
#include "foreign/file.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace mtproto::foreign {
namespace {

constexpr std::string_view tdf_magic = "TDF$";
constexpr std::size_t tdf_sum_size = 16, tdf_head_size = 4 + 4;
constexpr std::size_t longest_tdf = 16 << 20;

constexpr std::uint32_t rounds_without = 1, rounds_with = 100'000;
constexpr std::uint32_t old_rounds_without = 4, old_rounds_with = 4000;

/// Nothing when the file is damaged.
std::optional<byte_view> body_of(byte_view file) {
    if (file.size() < tdf_head_size + tdf_sum_size || as_text(file.first(tdf_magic.size())) != tdf_magic)
        return std::nullopt;
    const byte_view made = file.subspan(tdf_head_size, file.size() - tdf_head_size - tdf_sum_size);
    std::array<std::byte, 4> size{};
    store_le(size.data(), static_cast<std::uint32_t>(made.size()));
    const auto sum = crypto::md5({made, size, file.subspan(tdf_magic.size(), 4), as_bytes(tdf_magic)});
    if (!std::equal(sum.begin(), sum.end(), file.last(tdf_sum_size).begin())) return std::nullopt;
    return made;
}

/// The files that there are: NAMEs alone, or else NAME0 and NAME1.
std::vector<std::filesystem::path> newest_first(const std::filesystem::path& folder,
                                                const std::string& name) {
    if (const auto newest = folder / (name + "s"); is_file(newest)) return {newest};
    std::vector<std::filesystem::path> made;
    for (const char* ending : {"0", "1"})
        if (auto path = folder / (name + ending); is_file(path)) made.push_back(std::move(path));
    std::error_code failed;
    if (made.size() == 2 &&
        std::filesystem::last_write_time(made[0], failed) < std::filesystem::last_write_time(made[1], failed))
        std::swap(made[0], made[1]);
    return made;
}

template <class Derive>
local_key derived(Derive derive) {
    crypto::secret<local_key::size> key;
    derive(byte_span(key.span()));
    return local_key(key.span());
}

}  // namespace

local_key passcode_key(std::string_view passcode, byte_view salt) {
    crypto::sha512_digest hash = crypto::sha512({salt, as_bytes(passcode), salt});
    const wiped guard(hash);
    return derived([&](byte_span out) {
        crypto::pbkdf2_sha512(hash, salt, passcode.empty() ? rounds_without : rounds_with, out);
    });
}

local_key old_passcode_key(std::string_view passcode, byte_view salt) {
    return derived([&](byte_span out) {
        crypto::pbkdf2_sha1(as_bytes(passcode), salt, passcode.empty() ? old_rounds_without : old_rounds_with,
                            out);
    });
}

std::optional<secret_bytes> decrypt_local(byte_view encrypted, const local_key& key) {
    constexpr std::size_t mark_size = 16, length_size = 4;
    if (encrypted.size() < mark_size + crypto::aes_block_size ||
        encrypted.size() % crypto::aes_block_size != 0)
        return std::nullopt;
    crypto::message_key mark{};
    std::copy_n(encrypted.begin(), mark_size, mark.begin());
    secret_bytes plain(encrypted.size() - mark_size);
    const wiped guard(plain);
    crypto::aes_ige_decrypt(encrypted.subspan(mark_size), plain,
                            crypto::message_cipher_v1(key, mark, crypto::direction::to_client));
    const crypto::sha1_digest digest = crypto::sha1(plain);
    if (!crypto::constant_time_equal(byte_view(digest).first(mark_size), mark)) return std::nullopt;
    const std::size_t size = load_le<std::uint32_t>(plain.data());
    if (size < length_size || size > plain.size()) return std::nullopt;
    return secret_bytes(plain.begin() + length_size, plain.begin() + static_cast<std::ptrdiff_t>(size));
}

outcome<std::optional<secret_bytes>> read_tdata_file(const std::filesystem::path& folder,
                                                     const std::string& name) {
    const std::vector<std::filesystem::path> paths = newest_first(folder, name);
    for (const std::filesystem::path& path : paths) {
        const outcome<secret_bytes> file = read_file(path, longest_tdf);
        if (!file) return file.error();
        if (const auto found = body_of(*file))
            return std::optional(secret_bytes(found->begin(), found->end()));
    }
    if (paths.empty()) return std::optional<secret_bytes>();
    return refused("it is Telegram Desktop's, and its file " + name + " is damaged");
}

std::string file_name_of(std::string_view data_name) {
    constexpr std::size_t hashed = 8;
    static constexpr char digits[] = "0123456789ABCDEF";
    const crypto::md5_digest sum = crypto::md5({as_bytes(data_name)});
    std::string made;
    for (std::size_t i = 0; i < hashed; ++i) {
        made += digits[std::to_integer<unsigned>(sum[i]) & 15];
        made += digits[std::to_integer<unsigned>(sum[i]) >> 4];
    }
    return made;
}

}  // namespace mtproto::foreign
