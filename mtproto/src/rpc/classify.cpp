// The table of RPC errors and what to do about each (protocol 6).
#include "rpc/classify.hpp"

#include <mtproto/verdict.hpp>

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

failure as_failure(const rpc_error& error) {
    failure made(errc::rpc_error);
    made.rpc_code = error.code;
    made.rpc_type = error.type;
    made.value = error.value;
    return made;
}

advice wait(const rpc_error& error, duration asked) {
    // What waits for days is the user's to do again: an account that is to be deleted.
    if (error.type == "2FA_CONFIRM_WAIT") return {};
    return {action::wait, error.value, asked};
}

advice by_code(const rpc_error& error) {
    switch (error.code) {
        case 303:
            return migration(error);
        case 400:
            if (error.type.rfind("FILE_REFERENCE_", 0) == 0)
                return {action::refresh_file_reference, error.value, {}};
            return {look_up(bad_requests, error.type), 0, {}};
        case 401:
        case 403:
        case 404:
        case 406:
        case 420:
            return {};
        default:
            if (std::find(unknown_methods.begin(), unknown_methods.end(), error.type) !=
                unknown_methods.end())
                return {};
            // 500, what is below 0 (-503 Timeout), and codes that nobody has seen.
            return {action::retry, 0, error.type == "WORKER_BUSY_TOO_LONG_RETRY" ? duration(1s) : duration{}};
    }
}

}  // namespace

advice classify(const rpc_error& error, bool on_home_dc) {
    if (error.type == "SESSION_PASSWORD_NEEDED") return {action::need_password, 0, {}};
    if (error.type == "AUTH_KEY_DUPLICATED") return {action::session_dead, 0, {}};
    const verdict known = verdict_of(as_failure(error));
    switch (known.meaning) {
        case meaning::alive:
            return by_code(error);
        case meaning::wait:
            return wait(error, known.delay);
        case meaning::back_off:
            return {action::back_off, error.value, 1s};
        case meaning::rebind:
            return {action::bind_again, 0, {}};
        case meaning::session_ended:
        case meaning::account_ended:
            return {on_home_dc ? action::logged_out : action::import_again, 0, {}};
        default:
            return {};
    }
}

}  // namespace mtproto::rpc
