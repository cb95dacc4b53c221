// A new login e-mail, where the server sends no code without one.
#pragma once

#include "client/login_site.hpp"

#include <string>
#include <utility>

namespace mtproto::core {

class email_setup {
  public:
    /// `phone` and `hash` are of the code that waits for it.
    email_setup(login_site& site, login_ui& ui, std::string phone, std::string hash)
        : site_(site), ui_(ui), phone_(std::move(phone)), hash_(std::move(hash)) {}

    /// The code that the server sends once the address is proved. Error: errc::not_authorized when the person
    /// gives up.
    io::awaitable<outcome<tl::auth::SentCode>> run();

  private:
    tl::emailVerifyPurposeLoginSetup purpose() const;
    io::awaitable<outcome<tl::account::sentEmailCode>> send_code();
    /// Nothing: another address is to be asked for, or a code sent anew.
    io::awaitable<outcome<std::optional<tl::auth::SentCode>>> verify(tl::account::sentEmailCode sent);

    login_site& site_;
    login_ui& ui_;
    std::string phone_, hash_;
    std::string address_;  // empty: to be asked for
};

}  // namespace mtproto::core
