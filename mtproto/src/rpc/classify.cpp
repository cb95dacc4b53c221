// The table of RPC errors and what to do about each (protocol 6).
#include "rpc/classify.hpp"

#include <algorithm>
#include <array>

namespace mtproto::rpc {
namespace {

using namespace std::chrono_literals;

struct entry {
    std::string_view type;
    rpc::action action;
};

constexpr std::array migrations{
    entry{"FILE_MIGRATE", action::migrate_file},    entry{"PHONE_MIGRATE", action::migrate_home},
    entry{"NETWORK_MIGRATE", action::migrate_home}, entry{"USER_MIGRATE", action::migrate_home},
    entry{"STATS_MIGRATE", action::migrate_stats},
};

constexpr std::array bad_requests{
    entry{"MTPROTO_CLUSTER_INVALID", action::refresh_config},
    entry{"CONNECTION_NOT_INITED", action::init_connection},
    entry{"CONNECTION_LAYER_INVALID", action::init_connection},
    entry{"ENCRYPTED_MESSAGE_INVALID", action::probe_key},
};

constexpr std::array unauthorized{
    entry{"SESSION_PASSWORD_NEEDED", action::need_password},
    entry{"AUTH_KEY_PERM_EMPTY", action::bind_again},
    entry{"AUTH_KEY_UNREGISTERED", action::logged_out},
    entry{"SESSION_REVOKED", action::logged_out},
    entry{"SESSION_EXPIRED", action::logged_out},
    entry{"USER_DEACTIVATED", action::logged_out},
    entry{"USER_DEACTIVATED_BAN", action::logged_out},
};

constexpr std::array<std::string_view, 4> waits{"FLOOD_WAIT", "FLOOD_PREMIUM_WAIT", "SLOWMODE_WAIT",
                                                "TAKEOUT_INIT_DELAY"};

/// Whatever code they come with, as of servers that do not know a method.
constexpr std::array<std::string_view, 3> unknown_methods{"NOT_IMPLEMENTED", "METHOD_NOT_IMPLEMENTED",
                                                          "METHOD_INVALID"};

template <std::size_t N>
action look_up(const std::array<entry, N>& table, std::string_view type) {
    const auto* found =
        std::find_if(table.begin(), table.end(), [&](const entry& e) { return e.type == type; });
    return found == table.end() ? action::fail : found->action;
}

advice migration(const rpc_error& error) {
    const action what = look_up(migrations, error.type);
    if (what == action::fail || error.value <= 0) return {};
    return {what, error.value, {}};
}

advice flood(const rpc_error& error) {
    if (std::find(waits.begin(), waits.end(), error.type) == waits.end()) return {};
    // A wait of 0 would be sent again at once and again: it counts as the least there is.
    // The largest, 68 years, is far from the end of the clock's 292.
    const duration asked = std::chrono::seconds(std::max(error.value, 1));
    return {action::wait, error.value, asked};
}

}  // namespace

advice classify(const rpc_error& error, bool on_home_dc) {
    switch (error.code) {
        case 303:
            return migration(error);
        case 400:
            if (error.type.rfind("FILE_REFERENCE_", 0) == 0)
                return {action::refresh_file_reference, error.value, {}};
            return {look_up(bad_requests, error.type), 0, {}};
        case 401: {
            const action what = look_up(unauthorized, error.type);
            if (what == action::logged_out && !on_home_dc) return {action::import_again, 0, {}};
            return {what, 0, {}};
        }
        case 403:
        case 404:
            return {};
        case 406:
            if (error.type == "AUTH_KEY_DUPLICATED") return {action::session_dead, 0, {}};
            return {};
        case 420:
            return flood(error);
        default:
            if (std::find(unknown_methods.begin(), unknown_methods.end(), error.type) !=
                unknown_methods.end())
                return {};
            // 500, what is below 0 (-503 Timeout), and codes that nobody has seen.
            return {action::retry, 0, error.type == "WORKER_BUSY_TOO_LONG_RETRY" ? duration(1s) : duration{}};
    }
}

}  // namespace mtproto::rpc
