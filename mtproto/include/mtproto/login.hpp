// The questions of a login, which only the user can answer.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/clock.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mtproto {

/// The ways that a login code comes, each with what the server tells of it. A server chose the texts: show
/// them by printable().
namespace code_way {

/// A message in Telegram, on the account's other devices.
struct app {};
struct sms {};
/// A voice that calls.
struct call {};
/// The number that calls is the code.
struct flash_call {
    std::string pattern;
};
/// The last digits of the number that calls are the code.
struct missed_call {
    std::string prefix;  ///< of that number
};
struct email {
    std::string pattern;  ///< of the address, as a***@example.com
    /// It proves a new address rather than the person: login_ui::email() gave it.
    bool is_new = false;
    /// The address can be given up (code_wish::another_email); the server carries that out after so long.
    std::optional<std::chrono::seconds> reset_after;
    std::optional<std::chrono::seconds> reset_at;  ///< it was given up, and goes at this time, since 1970
};
/// A message on fragment.com, for numbers that were bought there.
struct fragment {
    std::string url;
};
/// A word in an SMS.
struct word {
    std::string beginning;  ///< may be empty
};
/// Several words in an SMS.
struct phrase {
    std::string beginning;  ///< may be empty
};

}  // namespace code_way

/// The next way that a code can come by.
enum class next_code { none, sms, call, flash_call, missed_call, fragment };

/// The way that a login code took, as the server tells it.
struct code_info {
    code_info() = default;

    std::variant<code_way::app, code_way::sms, code_way::call, code_way::flash_call, code_way::missed_call,
                 code_way::email, code_way::fragment, code_way::word, code_way::phrase>
        way;
    int length = 0;                    ///< digits of the code; 0 when not told
    next_code next = next_code::none;  ///< the way of code_wish::another_code
    duration next_after{};             ///< that is to be asked for in so long, and not before
};

/// How the code comes, as the end of a sentence about it: "sent by SMS".
std::string describe(const code_info& about);
/// The same of the next one: "by SMS"; empty for none.
std::string describe(next_code way);

/// What a person does about a code.
enum class code_wish {
    give_up,
    enter,           ///< gives it
    another_code,    ///< it does not come: send one by the next way
    another_number,  ///< or another new e-mail address, where one is being proved
    another_email,   ///< the login e-mail cannot be read any more: give it up
};

struct code_answer {
    code_answer() = default;  ///< gives up
    explicit code_answer(code_wish chosen) : wish(chosen) {}
    explicit code_answer(std::string typed) : wish(code_wish::enter), code(std::move(typed)) {}

    code_wish wish = code_wish::give_up;
    /// Blanks and hyphens in a code of digits do not matter.
    std::string code;
};

/// What is known of a two-step verification password.
struct password_info {
    password_info() = default;

    std::string hint;          ///< the user's own, may be empty
    bool recoverable = false;  ///< by a code that comes by e-mail (password_wish::recover)
};

enum class password_wish { give_up, enter, recover };

struct password_answer {
    password_answer() = default;  ///< gives up
    explicit password_answer(password_wish chosen) : wish(chosen) {}
    explicit password_answer(std::string typed) : wish(password_wish::enter), password(std::move(typed)) {}

    password_wish wish = password_wish::give_up;
    std::string password;  ///< as it was typed: blanks at its ends count
};

/// A token that a device which is logged in accepts: as a QR code that it scans, or by
/// auth.acceptLoginToken. Whoever has it logs this client in, under the account that accepts.
struct login_token {
    login_token() = default;

    std::string url;  ///< "tg://login?token=...", what a QR code holds
    bytes token;
    duration valid_for{};  ///< about 30 s; another one comes then
};

enum class token_answer {
    shown,     ///< somebody may accept it; the server is asked when it expires, or as soon as it tells
    accepted,  ///< somebody did: the server is asked at once
    declined,  ///< logs in by phone number instead
};

/// Asked in turn during client::login, on the client's executor. Each answer may take as long as it takes:
/// cancelling the login cancels the question. An empty answer gives up: login throws errc::cancelled, or
/// errc::password_needed when it was the password that was asked for, or the server's PASSWORD_HASH_INVALID
/// when the one before was wrong. An exception ends the login, which throws it as it is.
///
/// Three questions have to be answered; the others have answers that serve whoever asks no more than those.
class login_ui {
  public:
    virtual ~login_ui() = default;
    /// In international form, as +4912345678.
    virtual boost::asio::awaitable<std::optional<std::string>> phone_number() = 0;
    virtual boost::asio::awaitable<std::optional<std::string>> code(const code_info& about) = 0;
    /// The two-step verification password. `hint` is the user's own and may be empty.
    virtual boost::asio::awaitable<std::optional<std::string>> password(const std::string& hint) = 0;
    /// The answer before was wrong and the question will come again; `what` says why, for people.
    virtual void wrong(const std::string& what) = 0;

    /// Asked in place of code(), for those that let a person do more about a code than give it.
    virtual boost::asio::awaitable<code_answer> answer_code(const code_info& about);
    /// Asked in place of password(), likewise.
    virtual boost::asio::awaitable<password_answer> answer_password(const password_info& about);
    /// The code that came by e-mail, to an address as `pattern`, for a password that was forgotten. It turns
    /// two-step verification off. Gives up.
    virtual boost::asio::awaitable<std::optional<std::string>> recovery_code(const std::string& pattern);
    /// A new address for login codes, which this account must have. Gives up.
    virtual boost::asio::awaitable<std::optional<std::string>> email();
    /// A token to be shown, where login_options::first wants one; each ends with its time, and the next one
    /// comes. An answer may take as long: it is cancelled when the token is done with. Declines.
    virtual boost::asio::awaitable<token_answer> show(const login_token& shown);
};

enum class login_way { phone, token };

struct login_options {
    login_options() = default;
    explicit login_options(login_way begin) : first(begin) {}

    /// By phone number, or by a login token; that goes on by phone number when it is declined.
    login_way first = login_way::phone;
    /// Ids of users that are logged in here already, who are not to accept the token.
    std::vector<std::int64_t> except_users;
};

/// The account that is logged in.
struct account {
    account() = default;

    std::int64_t user_id = 0;
    bool bot = false;
    std::string name;      ///< first and last name
    std::string username;  ///< without @, may be empty
};

}  // namespace mtproto
