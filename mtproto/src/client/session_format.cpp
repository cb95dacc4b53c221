// The frame of session files, and the payload that version 1 holds as it is.
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
constexpr std::size_t digest_size = 32;
constexpr std::size_t fixed_size = 4 + 8 + 1 + 4;                    // home, user, bot, count
constexpr std::size_t dc_size = 4 + 1 + 8 + crypto::auth_key::size;  // number, flag, salt, key
constexpr std::size_t part_head_size = 4 + 4;                        // number, length
/// So that a file with its head, seal and checksum is no larger than max_session_size.
constexpr std::size_t most_payload = max_session_size - 256;

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

secret_buffer session_head(session_version version, std::size_t payload) {
    secret_buffer made(session_head_size);
    cursor out(made.span());
    out.put(magic);
    out.put(static_cast<std::uint32_t>(version));
    out.put(static_cast<std::uint32_t>(payload));
    return made;
}

secret_buffer frame_session(session_version version, byte_view payload) {
    secret_buffer made(session_head_size + payload.size() + digest_size);
    cursor out(made.span());
    out.put(session_head(version, payload.size()).view());
    out.put(payload);
    out.put(byte_view(crypto::sha256(made.view().first(session_head_size + payload.size()))));
    return made;
}

outcome<framed_session> unframe_session(byte_view file) {
    if (file.size() < session_head_size + digest_size) return broken("too short to be a session file");
    reading in(file);
    if (in.get<std::uint32_t>() != magic) return broken("this is no session file");
    const auto version = static_cast<session_version>(in.get<std::uint32_t>());
    if (version != session_version::open && version != session_version::sealed)
        return broken("written by another version of the library");
    const auto payload = in.get<std::uint32_t>();
    if (payload != file.size() - session_head_size - digest_size) return broken("damaged: wrong length");
    const crypto::sha256_digest digest = crypto::sha256(file.first(file.size() - digest_size));
    if (!crypto::constant_time_equal(digest, file.last(digest_size)))
        return broken("damaged: wrong checksum");
    return framed_session{version, file.subspan(session_head_size, payload)};
}

namespace {

using part = std::pair<std::uint32_t, const std::vector<std::byte>*>;

/// Those that fit behind `size` bytes.
std::vector<part> kept_parts(const stored_session& session, bool secrets, std::size_t size) {
    std::vector<part> kept;
    for (const auto& [number, data] : session.parts) {
        const std::size_t more = part_head_size + data.size();
        if ((number >= first_secret_part && !secrets) || more > most_payload - size) continue;
        size += more;
        kept.emplace_back(number, &data);
    }
    return kept;
}

secret_buffer payload_of(const stored_session& session, bool secrets) {
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
    std::size_t size = fixed_size + kept.size() * dc_size;
    const std::vector<part> parts = kept_parts(session, secrets, size);
    for (const auto& [number, data] : parts)
        size += part_head_size + data->size();
    secret_buffer made(size);
    cursor out(made.span());
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
    for (const auto& [number, data] : parts) {
        out.put(number);
        out.put(static_cast<std::uint32_t>(data->size()));
        out.put(byte_view(*data));
    }
    return made;
}

}  // namespace

secret_buffer session_payload(const stored_session& session) {
    return payload_of(session, false);
}

secret_buffer secret_session_payload(const stored_session& session) {
    return payload_of(session, true);
}

outcome<stored_session> session_of_payload(byte_view payload) {
    if (payload.size() < fixed_size) return broken("damaged: too short");
    reading in(payload);
    stored_session made;
    made.home_dc = in.get<std::int32_t>();
    made.user_id = in.get<std::int64_t>();
    made.bot = in.get<std::uint8_t>() != 0;
    const auto count = in.get<std::uint32_t>();
    if (count > max_session_dcs || in.left() < count * dc_size) return broken("damaged: wrong count");
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto dc = in.get<std::int32_t>();
        stored_dc& entry = made.dcs[dc];
        entry.authorized = in.get<std::uint8_t>() != 0;
        entry.salt = in.get<std::int64_t>();
        const byte_view key = in.take(crypto::auth_key::size);
        entry.auth_key.assign(key.begin(), key.end());
    }
    while (in.left() > 0) {
        if (in.left() < part_head_size) return broken("damaged: a cut part");
        const auto number = in.get<std::uint32_t>();
        const auto size = in.get<std::uint32_t>();
        if (size > in.left() || made.parts.contains(number)) return broken("damaged: a wrong part");
        const byte_view data = in.take(size);
        made.parts[number].assign(data.begin(), data.end());
    }
    return made;
}

secret_buffer encode_session(const stored_session& session) {
    return frame_session(session_version::open, session_payload(session).view());
}

outcome<stored_session> decode_session(byte_view file) {
    const outcome<framed_session> framed = unframe_session(file);
    if (!framed) return framed.error();
    if (framed->version != session_version::open) return broken("encrypted with a passphrase");
    return session_of_payload(framed->payload);
}

void wipe_keys(stored_session& session) noexcept {
    for (auto& [dc, entry] : session.dcs)
        crypto::wipe(entry.auth_key);
    for (auto& [number, data] : session.parts)
        crypto::wipe(data);
}

}  // namespace mtproto::core
