// The table of errors that end sessions, refuse accounts or ask for time.
#include <mtproto/verdict.hpp>

#include <algorithm>
#include <array>

namespace mtproto {
namespace {

struct row {
    std::string_view type;
    mtproto::meaning meaning;
    std::string_view sentence;
    std::string_view next_step;
};

constexpr std::string_view sign_in_again = "sign in again";
constexpr std::string_view other_account = "sign in with another account";
constexpr std::string_view frozen = "the account is frozen and may not do this";
constexpr std::string_view appeal = "its notice in an official app says until when, and where to appeal";
constexpr std::string_view not_seen = "this account cannot see the chat";
constexpr std::string_view join =
    "join it with this account in an official app, or use an account that is a member";
constexpr std::string_view api_id = "check the api_id and api_hash against https://my.telegram.org";

constexpr std::array rows{
    row{"AUTH_KEY_DUPLICATED", meaning::session_ended,
        "this login was used at two places at a time, and the server has ended it for good",
        "sign in again, and never copy a session that is in use"},
    row{"AUTH_KEY_UNREGISTERED", meaning::session_ended, "the login has ended", sign_in_again},
    row{"SESSION_EXPIRED", meaning::session_ended, "the login has expired", sign_in_again},
    row{"SESSION_REVOKED", meaning::session_ended, "the login was ended under Settings, Devices",
        sign_in_again},
    row{"USER_DEACTIVATED", meaning::account_ended, "the account was deleted", other_account},
    row{"USER_DEACTIVATED_BAN", meaning::account_ended, "the account was banned", other_account},

    row{"AUTH_KEY_INVALID", meaning::rebind, "the server does not know the temporary key", ""},
    row{"AUTH_KEY_PERM_EMPTY", meaning::rebind, "the temporary key is bound to nothing", ""},

    row{"FROZEN_METHOD_INVALID", meaning::method_refused, frozen, appeal},
    row{"FROZEN_PARTICIPANT_MISSING", meaning::peer_refused,
        "the account is frozen and sees the chats alone that it is in", appeal},
    row{"BOT_METHOD_INVALID", meaning::method_refused, "bots may not do this", "sign in as a user"},
    row{"CHANNEL_PRIVATE", meaning::peer_refused, not_seen, join},
    row{"CHANNEL_PUBLIC_GROUP_NA", meaning::peer_refused, not_seen, join},
    row{"USER_BANNED_IN_CHANNEL", meaning::peer_refused, not_seen, "use another account"},

    row{"UPDATE_APP_TO_LOGIN", meaning::program_too_old, "the server takes no program as old as this one",
        "update the program"},
    row{"API_ID_INVALID", meaning::credentials_refused, "the server does not know the application", api_id},
    row{"API_ID_PUBLISHED_FLOOD", meaning::credentials_refused,
        "the application's api_id is public, and the server takes it no more",
        "make an own api_id at https://my.telegram.org"},

    row{"PHONE_NUMBER_BANNED", meaning::number_refused, "the phone number is banned", other_account},
    row{"PHONE_NUMBER_FLOOD", meaning::number_refused, "the phone number has asked for too many codes",
        "try again tomorrow, or sign in by a QR code"},
    row{"PHONE_PASSWORD_FLOOD", meaning::number_refused, "too many wrong passwords were given",
        "try again tomorrow"},
    row{"PHONE_NUMBER_APP_SIGNUP_FORBIDDEN", meaning::number_refused,
        "the phone number has no account, and none can be made here", "make one in an official app"},
    row{"AUTH_RESTART", meaning::start_over, "the server wants the login to begin again", "begin again"},
};

/// Those with a number behind, of seconds.
constexpr std::array<std::string_view, 5> waits{"FLOOD_WAIT", "FLOOD_PREMIUM_WAIT", "SLOWMODE_WAIT",
                                                "2FA_CONFIRM_WAIT", "TAKEOUT_INIT_DELAY"};

constexpr int flood = 420;

constexpr pool_step step_after(meaning which) noexcept {
    switch (which) {
        case meaning::wait:
        case meaning::back_off:
            return pool_step::wait;
        case meaning::method_refused:
        case meaning::peer_refused:
            return pool_step::other_account;
        case meaning::session_ended:
        case meaning::account_ended:
            return pool_step::leave;
        case meaning::program_too_old:
        case meaning::credentials_refused:
            return pool_step::stop;
        default:
            return pool_step::stay;
    }
}

/// Without a number, or with something behind it, it tells of no time.
bool tells_time(const failure& what) noexcept {
    return what.value > 0 && std::find(waits.begin(), waits.end(), what.rpc_type) != waits.end();
}

/// "FLOOD_WAIT_5_X": as a name that begins with a wait's and is none, it is an error like any other.
bool is_garbled_wait(const failure& what) noexcept {
    return std::any_of(waits.begin(), waits.end(), [&](std::string_view wait) {
        return what.rpc_type.size() > wait.size() && what.rpc_type.starts_with(wait) &&
               what.rpc_type[wait.size()] == '_';
    });
}

mtproto::meaning meaning_of_flood(const failure& what) noexcept {
    if (tells_time(what)) return meaning::wait;
    return is_garbled_wait(what) ? meaning::alive : meaning::back_off;
}

}  // namespace

verdict verdict_of(const failure& what) noexcept {
    verdict made;
    if (what.rpc_type.empty()) return made;
    const auto* found =
        std::find_if(rows.begin(), rows.end(), [&](const row& one) { return one.type == what.rpc_type; });
    if (found != rows.end()) {
        made.meaning = found->meaning;
        made.sentence = found->sentence;
        made.next_step = found->next_step;
    } else if (what.rpc_code == flood) {
        made.meaning = meaning_of_flood(what);
        if (made.meaning == meaning::wait) made.delay = std::chrono::seconds(what.value);
    }
    made.pool = step_after(made.meaning);
    return made;
}

}  // namespace mtproto
