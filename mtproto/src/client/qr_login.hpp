// A login by a token that another device of the account accepts (protocol 7.3).
#pragma once

#include "client/login_site.hpp"
#include "rpc/backoff.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace mtproto::core {

/// The link that a QR code holds.
std::string url_of_token(byte_view token);

class qr_login {
  public:
    /// Both outlive it.
    qr_login(login_site& site, login_ui& ui, std::vector<std::int64_t> except_users)
        : site_(site), ui_(ui), except_users_(std::move(except_users)) {}

    /// Nothing: the person declines, and logs in otherwise.
    io::awaitable<outcome<std::optional<granted>>> run();

  private:
    io::awaitable<outcome<tl::auth::LoginToken>> export_token();
    io::awaitable<outcome<tl::auth::LoginToken>> follow(tl::auth::loginTokenMigrateTo away);
    io::awaitable<outcome<granted>> finish(outcome<tl::auth::LoginToken> answer);
    io::awaitable<outcome<token_answer>> offer(const tl::auth::loginToken& token, int seen);
    io::awaitable<outcome<void>> recover_from(const failure& why);

    login_site& site_;
    login_ui& ui_;
    std::vector<std::int64_t> except_users_;
    rpc::backoff pause_;
    int failures_ = 0;        // in a row
    bool was_shown_ = false;  // a token
};

}  // namespace mtproto::core
