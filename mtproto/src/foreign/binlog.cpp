// TDLib's td.binlog: a log of events, mostly encrypted, that hold keys and values.
#include "crypto/aes_ctr.hpp"
#include "crypto/secret.hpp"
#include "crypto/sha.hpp"
#include "foreign/byte_reader.hpp"
#include "foreign/formats.hpp"
#include "wire/crc32.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

namespace mtproto::foreign {
namespace {

constexpr std::size_t event_head = 4 + 8 + 4 + 4 + 8, crc_size = 4;
constexpr std::size_t least_event = event_head + crc_size, most_event = 1 << 24;

constexpr std::int32_t header_event = -1, erased_event = -2, encryption_event = -3;
constexpr std::int32_t key_value_event = 0x4327;

/// An application's key is as good as random, and a password is not.
constexpr std::uint32_t raw_rounds = 2, password_rounds = 60002;
constexpr std::string_view no_key = "cucumber";
constexpr std::string_view key_proof = "cucumbers everywhere";

constexpr std::uint32_t authorized_flag = 1;

struct event {
    std::uint64_t id = 0;
    std::int32_t type = 0;
    byte_view data;
};

failure damaged(std::size_t offset) {
    return refused("it is a log of TDLib's that is damaged, or cut, at byte " + std::to_string(offset));
}

struct encryption {
    byte_view salt, iv, proof;
};

std::optional<encryption> encryption_of(byte_view data) {
    byte_reader in(data);
    in.le<std::int32_t>();  // flags
    encryption made;
    made.salt = in.tl_bytes();
    made.iv = in.tl_bytes();
    made.proof = in.tl_bytes();
    if (!in.ok() || made.iv.size() != 16 || made.proof.size() != 32) return std::nullopt;
    return made;
}

/// The key of the file, as far as `passcode` opens it.
std::optional<crypto::secret<32>> open_with(const encryption& by, std::string_view passcode) {
    struct trial {
        std::string_view key;
        std::uint32_t rounds;
    };
    std::vector<trial> trials{{no_key, raw_rounds}};
    if (!passcode.empty()) trials.insert(trials.end(), {{passcode, raw_rounds}, {passcode, password_rounds}});
    for (const trial& each : trials) {
        crypto::secret<32> key;
        crypto::pbkdf2_sha256(as_bytes(each.key), by.salt, each.rounds, key.span());
        if (crypto::constant_time_equal(crypto::hmac_sha256(key, {as_bytes(key_proof)}), by.proof))
            return key;
    }
    return std::nullopt;
}

/// All keys and values that the log ends with.
class event_log {
  public:
    outcome<void> read(byte_span file, std::string_view passcode) {
        std::size_t offset = 0;
        while (offset < file.size()) {
            const byte_view left = byte_view(file).subspan(offset);
            const auto next = event_at(left);
            if (!next) return damaged(offset);
            offset += least_event + next->data.size();
            if (next->type == encryption_event) {
                const outcome<void> opened = decrypt(*next, file.subspan(offset), passcode);
                if (!opened) return opened;
            } else {
                take(*next);
            }
        }
        return {};
    }

    byte_view value(const std::string& key) const {
        for (const auto& [id, pair] : pairs_)
            if (pair.first == key) return pair.second;
        return {};
    }

    /// The data centres that there are keys of, and what stands behind each.
    std::vector<std::pair<int, byte_view>> keys() const {
        std::vector<std::pair<int, byte_view>> made;
        for (const auto& [id, pair] : pairs_) {
            constexpr std::string_view name = "auth";
            if (!pair.first.starts_with(name)) continue;
            int dc = 0;
            const char* end = pair.first.data() + pair.first.size();
            const auto read = std::from_chars(pair.first.data() + name.size(), end, dc);
            if (read.ec == std::errc() && read.ptr == end) made.emplace_back(dc, pair.second);
        }
        return made;
    }

    /// The first event of what is left; nothing when it is not whole.
    static std::optional<event> event_at(byte_view left) {
        byte_reader in(left);
        const std::size_t size = in.le<std::uint32_t>();
        if (size % 4 != 0 || size < least_event || size > most_event || size > left.size())
            return std::nullopt;
        const auto crc = load_le<std::uint32_t>(left.data() + size - crc_size);
        if (wire::crc32(0, left.first(size - crc_size)) != crc) return std::nullopt;
        event made;
        made.id = in.le<std::uint64_t>();
        made.type = in.le<std::int32_t>();
        made.data = left.subspan(event_head, size - least_event);
        return made;
    }

  private:
    static outcome<void> decrypt(const event& by, byte_span rest, std::string_view passcode) {
        const auto terms = encryption_of(by.data);
        if (!terms) return refused("it is a log of TDLib's whose encryption is not known");
        const auto key = open_with(*terms, passcode);
        if (!key)
            return locked(passcode.empty() ? "it is a log of TDLib's under a database key; give that key"
                                           : "this is not the database key of TDLib's log");
        std::array<std::byte, 16> iv{};
        std::copy(terms->iv.begin(), terms->iv.end(), iv.begin());
        crypto::aes_ctr(key->span(), iv).apply(rest);
        return {};
    }

    void take(const event& next) {
        if (next.type == erased_event) {
            pairs_.erase(next.id);
        } else if (next.type == key_value_event) {
            byte_reader in(next.data);
            std::string key(as_text(in.tl_bytes()));
            const byte_view value = in.tl_bytes();
            if (in.ok()) pairs_.insert_or_assign(next.id, std::pair(std::move(key), value));
        }
    }

    std::map<std::uint64_t, std::pair<std::string, byte_view>> pairs_;
};

/// The key that TDLib kept of a data centre; nothing when it is none.
std::optional<stored_dc> key_of(byte_view value) {
    byte_reader in(value);
    const auto id = in.le<std::uint64_t>();
    const auto flags = in.le<std::uint32_t>();
    const byte_view key = in.tl_bytes();
    if (!in.ok()) return std::nullopt;
    const crypto::sha1_digest digest = crypto::sha1(key);
    if (load_le<std::uint64_t>(digest.data() + 12) != id) return std::nullopt;
    stored_dc made;
    made.auth_key.assign(key.begin(), key.end());
    made.authorized = (flags & authorized_flag) != 0;
    return made;
}

std::int64_t number_of(byte_view text) {
    std::int64_t made = 0;
    const std::string_view digits = as_text(text);
    std::from_chars(digits.data(), digits.data() + digits.size(), made);
    return made;
}

maybe_session session_of(const event_log& log) {
    const auto home = number_of(log.value("main_dc_id"));
    if (as_text(log.value("auth")) == "logout" || as_text(log.value("auth")) == "destroy")
        return refused("it is a log of TDLib's, and its account was logged out");
    std::map<int, stored_dc> dcs;
    for (const auto& [dc, value] : log.keys()) {
        auto key = key_of(value);
        if (!key) return refused("it is a log of TDLib's, and a key in it is damaged");
        if (why_no_login(dc, key->auth_key).empty()) dcs.insert_or_assign(dc, std::move(*key));
    }
    const auto at_home = dcs.find(home);
    if (at_home == dcs.end() || !at_home->second.authorized)
        return refused("it is a log of TDLib's, and nobody is logged in there");
    outcome<foreign_account> made = account_of(home, at_home->second.auth_key);
    if (!made) return made.error();
    made->login.dcs = std::move(dcs);
    made->login.user_id = number_of(log.value("my_id"));
    if (const byte_view told = log.value("auth_is_bot"); !told.empty()) {
        made->login.bot = as_text(told) == "true";
        made->bot = made->login.bot;
    }
    return one_account("tdlib-binlog", std::move(*made));
}

/// An event without encryption before it may be of any type, and has its checksum then.
bool is_binlog(byte_view file) {
    byte_reader in(file);
    const auto size = in.le<std::uint32_t>();
    in.le<std::uint64_t>();
    const auto type = in.le<std::int32_t>();
    if (!in.ok() || size % 4 != 0 || size < least_event || size > most_event) return false;
    return type == header_event || type == encryption_event || event_log::event_at(file);
}

}  // namespace

maybe_session read_binlog(byte_view file, std::string_view passcode) {
    if (!is_binlog(file)) return std::optional<foreign_session>();
    secret_bytes plain(file.begin(), file.end());
    const wiped guard(plain);
    event_log log;
    const outcome<void> read = log.read(plain, passcode);
    if (!read) return read.error();
    return session_of(log);
}

}  // namespace mtproto::foreign
