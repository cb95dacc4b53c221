// Reads what the server grants, and puts into words why it does not.
#include "client/login_site.hpp"

#include "client/advice.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace mtproto::core {
namespace {

struct reason {
    std::string_view type;
    const char* text;
};

constexpr std::array reasons{
    reason{"PHONE_NUMBER_BANNED", "Telegram has banned this number; only its support can lift that"},
    reason{"PHONE_NUMBER_FLOOD", "too many codes were asked for this number; try again in a day"},
    reason{"PHONE_PASSWORD_FLOOD", "too many wrong passwords or codes; try again in a day"},
    reason{"PHONE_NUMBER_APP_SIGNUP_FORBIDDEN",
           "there is no account with this number, and other apps than Telegram's own may not make one"},
    reason{"PHONE_NUMBER_UNOCCUPIED",
           "there is no account with this phone number; sign up with an official app first"},
    reason{"AUTH_RESTART", "the server wants the login to begin again, and again; try later"},
    reason{"UPDATE_APP_TO_LOGIN", "the server wants a newer layer of the API; update this program"},
    reason{"API_ID_INVALID", "the api_id or the api_hash is wrong; https://my.telegram.org has both"},
    reason{"API_ID_PUBLISHED_FLOOD",
           "this api_id is known to everybody, and refused; get one of your own at https://my.telegram.org"},
    reason{"SEND_CODE_UNAVAILABLE",
           "the server has no way left to send a code to this app; log in by QR code, or try in a day"},
    reason{"PASSWORD_RECOVERY_NA",
           "this password has no e-mail to be recovered by; an official app can reset it, in seven days"},
    reason{"PASSWORD_RECOVERY_EXPIRED", "the code for the password has expired; begin again"},
    reason{"USER_DEACTIVATED", "this account was deleted"},
    reason{"USER_DEACTIVATED_BAN", "Telegram has banned this account; only its support can lift that"},
};

}  // namespace

outcome<granted> granted_by(const tl::auth::Authorization& answer) {
    const auto* from = answer.as<tl::auth::authorization>();
    if (!from)
        return failure(errc::not_authorized,
                       "there is no account with this phone number; sign up with an official app first");
    const auto* user = from->user.as<tl::user>();
    if (!user) return failure(errc::malformed, "the server did not say who is logged in");
    granted made;
    made.who.user_id = user->id;
    made.who.bot = user->bot;
    made.who.name = user->first_name.value_or("");
    if (user->last_name && !user->last_name->empty())
        made.who.name += (made.who.name.empty() ? "" : " ") + *user->last_name;
    made.who.username = user->username.value_or("");
    made.future_token = from->future_auth_token.value_or(bytes());
    return made;
}

bool needs_password(const failure& why) {
    return advice_on(why, true).action == rpc::action::need_password;
}

failure explained(failure why) {
    const auto* known =
        std::find_if(reasons.begin(), reasons.end(), [&](const reason& each) { return why.is(each.type); });
    if (known != reasons.end()) why.detail = known->text;
    return why;
}

}  // namespace mtproto::core
