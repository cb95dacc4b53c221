// From a code that was sent to an account, to the login or to the wish for another number (protocol 7.1).
#pragma once

#include "client/login_site.hpp"

#include <string>
#include <utility>
#include <variant>

namespace mtproto::core {

/// What a login by phone number goes on with.
enum class restart { code, number };

using code_end = std::variant<granted, restart>;

class code_step {
  public:
    code_step(login_site& site, login_ui& ui, std::string phone)
        : site_(site), ui_(ui), phone_(std::move(phone)) {}

    /// Error: errc::cancelled when the person gives up; the server's.
    io::awaitable<outcome<code_end>> run(tl::auth::SentCode answer);

  private:
    /// The login, a reason to begin again, or the code that takes this one's place.
    using next = std::variant<granted, restart, tl::auth::SentCode>;
    /// Nothing: the question comes again.
    using maybe_next = outcome<std::optional<next>>;

    io::awaitable<outcome<next>> follow(tl::auth::sentCode sent);
    io::awaitable<outcome<next>> ask();
    io::awaitable<maybe_next> act_on(code_answer given, const code_info& about);
    io::awaitable<maybe_next> sign_in(std::string code);
    io::awaitable<maybe_next> send_another(const code_info& about);
    io::awaitable<maybe_next> give_up_email();
    io::awaitable<void> cancel();
    io::awaitable<outcome<tl::auth::SentCode>> resend();
    code_info about() const;

    login_site& site_;
    login_ui& ui_;
    std::string phone_;
    tl::auth::sentCode sent_;
    time_point sent_at_{};
    int unshown_ = 0;  // codes in a row that no person can give
};

}  // namespace mtproto::core
