// A login by phone number, from the number to the account (protocol 7.1).
#pragma once

#include "client/code_step.hpp"
#include "client/login_site.hpp"

#include <string>

namespace mtproto::core {

class phone_login {
  public:
    /// Both outlive it.
    phone_login(login_site& site, login_ui& ui) : site_(site), ui_(ui) {}

    io::awaitable<outcome<granted>> run();

  private:
    io::awaitable<outcome<code_end>> attempt();
    io::awaitable<outcome<tl::auth::SentCode>> send_code();

    login_site& site_;
    login_ui& ui_;
    std::string phone_;         // empty: to be asked for
    bool began_again_ = false;  // as the server wanted
};

}  // namespace mtproto::core
