// What the tests of forward secrecy ask of a local cluster.
#pragma once

#include "crypto/auth_key.hpp"
#include "unit/client/local_cluster.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace mtproto::test {

/// In the client's log, for each.
inline constexpr std::string_view made_one = "a temporary key was made";

inline std::int64_t id_of(const stored_dc& kept) {
    return crypto::auth_key::from(kept.auth_key).value().id();
}

inline io::endpoint home_of(local_cluster& all) {
    const int home = all.info().home_dc;
    for (const auto& dc : all.info().dcs)
        if (dc.id == home) return {dc.host, dc.port};
    return {};
}

inline io::awaitable<void> connect_into(core::account_connections& client,
                                        std::optional<outcome<void>>& into) {
    into = co_await client.connect();
}

inline outcome<void> connect(local_cluster& all) {
    std::optional<outcome<void>> connected;
    all.run(connect_into(all.client(), connected));
    return std::move(*connected);
}

/// Connects, is still logged in, and downloads.
inline io::awaitable<void> go_on(local_cluster& all, std::string& into) {
    const outcome<void> connected = co_await all.client().connect();
    succeeded(connected);
    const outcome<bool> in = co_await all.client().authorized();
    succeeded(in);
    CHECK(*in);
    co_await fetch_file(all, into);
}

/// Under a permanent key nothing has left.
inline bool only_temporary(local_cluster& all) {
    const stored_session kept = all.session();
    return std::none_of(
        all.wire().sent().begin(), all.wire().sent().end(), [&](const wire_tap::packet& each) {
            return std::any_of(kept.dcs.begin(), kept.dcs.end(),
                               [&](const auto& dc) { return id_of(dc.second) == each.key_id; });
        });
}

inline io::awaitable<void> pass(local_cluster& all, duration time) {
    co_await all.world().time().sleep_for(time);
}

inline io::awaitable<void> ask(local_cluster& all) {
    const tl::help::getNearestDc request{};
    const auto answer = co_await core::call(all.client(), request);
    succeeded(answer);
}

inline client_settings with_lifetime(std::chrono::seconds lifetime) {
    client_settings settings;
    settings.limits.temporary_key_lifetime = lifetime;
    return settings;
}

}  // namespace mtproto::test
