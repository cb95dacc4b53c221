// Version 1 of the session file.
#include "client/session_format.hpp"

#include "base/endian.hpp"
#include "crypto/auth_key.hpp"
#include "crypto/sha.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace mtproto::core {
namespace {

constexpr std::uint32_t magic = 0x5350544d;  // "MTPS"
constexpr std::uint32_t version = 1;
constexpr std::size_t head_size = 12;
constexpr std::size_t digest_size = 32;
constexpr std::size_t fixed_size = 4 + 8 + 1 + 4;                    // home, user, bot, count
constexpr std::size_t dc_size = 4 + 1 + 8 + crypto::auth_key::size;  // number, flag, salt, key

class cursor {
  public:
    explicit cursor(byte_span over) : left_(over) {}

    template <class T>
    void put(T value) {
        store_le(take(sizeof(T)).data(), value);
    }
    void put(byte_view data) { std::copy(data.begin(), data.end(), take(data.size()).begin()); }
    byte_span take(std::size_t size) {
        const byte_span part = left_.first(size);
        left_ = left_.subspan(size);
        return part;
    }

  private:
    byte_span left_;
};

class reading {
  public:
    explicit reading(byte_view over) : left_(over) {}

    template <class T>
    T get() {
        return load_le<T>(take(sizeof(T)).data());
    }
    byte_view take(std::size_t size) {
        const byte_view part = left_.first(size);
        left_ = left_.subspan(size);
        return part;
    }
    std::size_t left() const noexcept { return left_.size(); }

  private:
    byte_view left_;
};

failure broken(const char* why) {
    return {errc::session_file, why};
}

}  // namespace

secret_buffer encode_session(const stored_session& session) {
    std::vector<std::pair<int, const stored_dc*>> kept;
    for (const auto& [dc, each] : session.dcs)
        if (each.auth_key.size() == crypto::auth_key::size) kept.emplace_back(dc, &each);
    if (kept.size() > max_session_dcs) {
        const auto worth = [&](const auto& each) {
            return std::pair(each.first == session.home_dc, each.second->authorized);
        };
        std::stable_sort(kept.begin(), kept.end(),
                         [&](const auto& a, const auto& b) { return worth(a) > worth(b); });
        kept.resize(max_session_dcs);
    }
    const std::size_t payload = fixed_size + kept.size() * dc_size;
    secret_buffer made(head_size + payload + digest_size);
    cursor out(made.span());
    out.put(magic);
    out.put(version);
    out.put(static_cast<std::uint32_t>(payload));
    out.put(static_cast<std::int32_t>(session.home_dc));
    out.put(session.user_id);
    out.put(static_cast<std::uint8_t>(session.bot));
    out.put(static_cast<std::uint32_t>(kept.size()));
    for (const auto& [dc, each] : kept) {
        out.put(static_cast<std::int32_t>(dc));
        out.put(static_cast<std::uint8_t>(each->authorized));
        out.put(each->salt);
        out.put(byte_view(each->auth_key));
    }
    out.put(byte_view(crypto::sha256(made.view().first(head_size + payload))));
    return made;
}

outcome<stored_session> decode_session(byte_view data) {
    if (data.size() < head_size + fixed_size + digest_size) return broken("too short to be a session file");
    reading in(data);
    if (in.get<std::uint32_t>() != magic) return broken("this is no session file");
    if (in.get<std::uint32_t>() != version) return broken("written by another version of the library");
    const auto payload = in.get<std::uint32_t>();
    if (payload != data.size() - head_size - digest_size) return broken("damaged: wrong length");
    const crypto::sha256_digest digest = crypto::sha256(data.first(data.size() - digest_size));
    if (!crypto::constant_time_equal(digest, data.last(digest_size)))
        return broken("damaged: wrong checksum");

    stored_session made;
    made.home_dc = in.get<std::int32_t>();
    made.user_id = in.get<std::int64_t>();
    made.bot = in.get<std::uint8_t>() != 0;
    const auto count = in.get<std::uint32_t>();
    if (count > max_session_dcs || in.left() != count * dc_size + digest_size)
        return broken("damaged: wrong count");
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto dc = in.get<std::int32_t>();
        stored_dc& kept = made.dcs[dc];
        kept.authorized = in.get<std::uint8_t>() != 0;
        kept.salt = in.get<std::int64_t>();
        const byte_view key = in.take(crypto::auth_key::size);
        kept.auth_key.assign(key.begin(), key.end());
    }
    return made;
}

void wipe_keys(stored_session& session) noexcept {
    for (auto& [dc, kept] : session.dcs)
        crypto::wipe(kept.auth_key);
}

}  // namespace mtproto::core
