// The questions of a login, which only the user can answer.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace mtproto {

/// The way that a login code took, as the server tells it.
struct code_info {
    code_info() = default;

    std::string via;  ///< "app", "sms", "call", "email", ...
    int length = 0;   ///< of the code; 0 when not told
};

/// Asked in turn during client::login, on the client's executor. Each answer may take as long as it takes:
/// cancelling the login cancels the question. An empty optional gives up: login throws errc::cancelled, or
/// errc::password_needed when it was the password that was asked for, or the server's PASSWORD_HASH_INVALID
/// when the one before was wrong. An exception ends the login, which throws it as it is.
class login_ui {
  public:
    virtual ~login_ui() = default;
    virtual boost::asio::awaitable<std::optional<std::string>> phone_number() = 0;
    virtual boost::asio::awaitable<std::optional<std::string>> code(const code_info& about) = 0;
    /// The two-step verification password. `hint` is the user's own and may be empty.
    virtual boost::asio::awaitable<std::optional<std::string>> password(const std::string& hint) = 0;
    /// The answer before was wrong and the question will come again; `what` says why, for people.
    virtual void wrong(const std::string& what) = 0;
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
