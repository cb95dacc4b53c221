// Two-step verification: the password's proof, or its recovery by e-mail (protocol 7.2).
#pragma once

#include "client/login_site.hpp"

namespace mtproto::core {

/// Asked for once the server wants it, at the data centre that is home by then.
class login_password {
  public:
    /// Both outlive it.
    login_password(login_site& site, login_ui& ui) : site_(site), ui_(ui) {}

    /// Error: errc::password_needed, or the server's PASSWORD_HASH_INVALID, when the person gives up.
    io::awaitable<outcome<granted>> run();

  private:
    enum class step { again, done };

    io::awaitable<outcome<password_answer>> ask(const tl::account::password& about);
    io::awaitable<outcome<step>> prove(const tl::account::password& about, const std::string& password);
    io::awaitable<outcome<step>> recover();
    io::awaitable<outcome<step>> recover_by(std::string code);
    outcome<step> take(const tl::auth::Authorization& answer);

    login_site& site_;
    login_ui& ui_;
    std::optional<failure> refused_;  // the answer before
    bool keep_ = false;               // the password that was given, for a fresh half of the server's
    int fresh_halves_ = 0;
    granted result_;
};

}  // namespace mtproto::core
