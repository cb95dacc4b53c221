// grammers' session before it was SQLite: one serialized object.
#include "foreign/byte_reader.hpp"
#include "foreign/formats.hpp"

#include <arpa/inet.h>
#include <array>
#include <utility>

namespace mtproto::foreign {
namespace {

constexpr std::uint32_t session_id = 0xa73eb8ce, data_centre_id = 0x873e88db, user_id = 0x672f428d;
constexpr std::uint32_t vector_id = 0x1cb5c415;
constexpr std::uint32_t most_dcs = 64;

struct grammers_dc {
    int id = 0;
    std::string host;
    std::uint16_t port = 0;
    byte_view key;
};

std::optional<grammers_dc> read_data_centre(byte_reader& in) {
    enum flags : std::uint32_t { has_ipv4 = 1, has_ipv6 = 2, has_key = 4 };
    if (in.le<std::uint32_t>() != data_centre_id) return std::nullopt;
    const auto flags = in.le<std::uint32_t>();
    grammers_dc made;
    made.id = in.le<std::int32_t>();
    std::array<char, INET6_ADDRSTRLEN> host{};
    if ((flags & has_ipv4) != 0) {
        const auto number = in.le<std::uint32_t>();
        ::inet_ntop(AF_INET, &number, host.data(), host.size());
    }
    if ((flags & has_ipv6) != 0) {
        const byte_view address = in.take(16);
        if ((flags & has_ipv4) == 0 && in.ok())
            ::inet_ntop(AF_INET6, address.data(), host.data(), host.size());
    }
    made.host = host.data();
    made.port = static_cast<std::uint16_t>(in.le<std::int32_t>());
    if ((flags & has_key) != 0) made.key = in.tl_bytes();
    if (!in.ok()) return std::nullopt;
    return made;
}

}  // namespace

maybe_session read_grammers_file(byte_view file) {
    byte_reader in(file);
    if (in.le<std::uint32_t>() != session_id) return std::optional<foreign_session>();
    const failure damaged = refused("it is an old session of grammers, and it is damaged");
    const auto flags = in.le<std::uint32_t>();
    const bool is_vector = in.le<std::uint32_t>() == vector_id;
    const auto count = in.le<std::uint32_t>();
    if (!is_vector || count > most_dcs) return damaged;
    std::vector<grammers_dc> dcs;
    for (std::uint32_t i = 0; i < count; ++i) {
        auto next = read_data_centre(in);
        if (!next) return damaged;
        dcs.push_back(std::move(*next));
    }
    if ((flags & 1) == 0) return refused("it is an old session of grammers, and nobody is logged in there");
    if (in.le<std::uint32_t>() != user_id) return damaged;
    const auto user = in.le<std::int64_t>();
    const auto home = in.le<std::int32_t>();
    const auto bot = in.le<std::uint32_t>();
    if (!in.ok() || (bot != tl_true && bot != tl_false)) return damaged;
    for (const grammers_dc& each : dcs) {
        if (each.id != home) continue;
        outcome<foreign_account> made = account_of(home, each.key);
        if (!made) return made.error();
        made->test = is_test_address(each.host);
        made->host = each.host;
        made->port = each.port;
        made->login.user_id = user;
        made->login.bot = bot == tl_true;
        made->bot = made->login.bot;
        return one_account("grammers-file", std::move(*made));
    }
    return damaged;
}

}  // namespace mtproto::foreign
