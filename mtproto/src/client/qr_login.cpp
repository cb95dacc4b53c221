// Asks for tokens, shows them, and sees what became of each.
#include "client/qr_login.hpp"

#include "client/login_password.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <exception>
#include <string_view>

namespace mtproto::core {
namespace {

/// A token may come that is as good as expired.
constexpr duration shortest_life = std::chrono::seconds(1);
/// More data centres in a row are a circle.
constexpr int most_moves = 4;
/// With pauses of up to a minute between them.
constexpr int most_failures = 10;

/// A token that is no good any more; the next one is.
bool is_of_token(const failure& why) {
    return why.is("AUTH_TOKEN_EXPIRED") || why.is("AUTH_TOKEN_INVALID") ||
           why.is("AUTH_TOKEN_ALREADY_ACCEPTED");
}

/// May be otherwise in a while.
bool may_pass(const failure& why) {
    if (why.code == errc::rpc_error) return why.rpc_code >= 500 || why.rpc_code < 0;
    return why.code == errc::connection_failed || why.code == errc::timed_out ||
           why.code == errc::transport_error;
}

struct shown {
    token_answer answer = token_answer::shown;
    std::exception_ptr thrown;  ///< asio's operators would wait for the others, and lose it
};

/// Ends once the person has something to say.
io::awaitable<shown> show(login_site& site, login_ui& ui, const login_token& token) {
    shown made;
    try {
        made.answer = co_await ui.show(token);
    } catch (...) {
        made.thrown = std::current_exception();
    }
    if (!made.thrown && made.answer == token_answer::shown)
        static_cast<void>(co_await site.sleep_until(time_point::max()));
    co_return made;
}

}  // namespace

std::string url_of_token(byte_view token) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string made = "tg://login?token=";
    unsigned bits = 0;
    int held = 0;
    for (const std::byte each : token) {
        bits = (bits << 8) | std::to_integer<unsigned>(each);
        for (held += 8; held >= 6; held -= 6)
            made += digits[(bits >> (held - 6)) & 63];
    }
    if (held > 0) made += digits[(bits << (6 - held)) & 63];
    return made;
}

io::awaitable<outcome<std::optional<granted>>> qr_login::run() {
    bool in_vain = false;  // a token was said to be accepted, and another one comes
    for (;;) {
        const int seen = site_.news.count();
        outcome<tl::auth::LoginToken> answer = co_await export_token();
        if (!answer && !needs_password(answer.error())) {
            const outcome<void> on = co_await recover_from(answer.error());
            if (!on) co_return on.error();
            continue;
        }
        const auto* token = answer ? answer->as<tl::auth::loginToken>() : nullptr;
        if (!token) {
            outcome<granted> login = co_await finish(std::move(answer));
            if (!login) co_return explained(login.error());
            co_return std::optional<granted>(std::move(*login));
        }
        failures_ = 0;
        pause_.reset();
        was_shown_ = true;
        if (in_vain) {
            const outcome<void> slept =
                co_await site_.sleep_until(site_.environment.time->now() + shortest_life);
            if (!slept) co_return slept.error();
        }
        const outcome<token_answer> said = co_await offer(*token, seen);
        if (!said) co_return said.error();
        if (*said == token_answer::declined) co_return std::optional<granted>();
        in_vain = *said == token_answer::accepted;
    }
}

/// Also the question whether the one before was accepted.
io::awaitable<outcome<tl::auth::LoginToken>> qr_login::export_token() {
    tl::auth::exportLoginToken request;
    request.api_id = site_.api.id;
    request.api_hash = site_.api.hash;
    request.except_ids = except_users_;
    outcome<tl::auth::LoginToken> answer = co_await call(site_.home, request);
    for (int moves = 0; answer && moves < most_moves; ++moves) {
        const auto* away = answer->as<tl::auth::loginTokenMigrateTo>();
        if (!away) break;
        io::awaitable<outcome<tl::auth::LoginToken>> following = follow(*away);
        answer = co_await std::move(following);
    }
    co_return answer;
}

/// The account lives elsewhere: whatever follows, as its password, is asked there.
io::awaitable<outcome<tl::auth::LoginToken>> qr_login::follow(tl::auth::loginTokenMigrateTo away) {
    const outcome<void> moved = co_await site_.move_home(away.dc_id);
    if (!moved) co_return moved.error();
    tl::auth::importLoginToken request;
    request.token = std::move(away.token);
    co_return co_await call(site_.home, request);
}

/// `answer`: accepted, or that the password is missing.
io::awaitable<outcome<granted>> qr_login::finish(outcome<tl::auth::LoginToken> answer) {
    if (!answer) {
        login_password password(site_, ui_);
        co_return co_await password.run();
    }
    const auto* accepted = answer->as<tl::auth::loginTokenSuccess>();
    if (!accepted) co_return failure(errc::malformed, "the login goes from data centre to data centre");
    co_return granted_by(accepted->authorization);
}

/// `seen`: the news before the token was asked for.
io::awaitable<outcome<token_answer>> qr_login::offer(const tl::auth::loginToken& token, int seen) {
    using namespace boost::asio::experimental::awaitable_operators;
    login_token made;
    made.url = url_of_token(token.token);
    made.token = token.token;
    const duration left = std::chrono::seconds(token.expires) - site_.server_time();
    made.valid_for = std::max(left, shortest_life);
    const time_point end = site_.environment.time->now() + made.valid_for;
    const auto first = co_await (show(site_, ui_, made) || site_.news.after(seen) || site_.sleep_until(end));
    if (const auto* said = std::get_if<0>(&first)) {
        if (said->thrown) std::rethrow_exception(said->thrown);
        co_return said->answer;
    }
    if (const auto* news = std::get_if<1>(&first); news && !*news) co_return failure(errc::cancelled);
    if (const auto* slept = std::get_if<2>(&first); slept && !*slept) co_return slept->error();
    co_return token_answer::shown;
}

io::awaitable<outcome<void>> qr_login::recover_from(const failure& why) {
    // A network that does not serve from the beginning is told at once.
    const bool passes = is_of_token(why) || (was_shown_ && may_pass(why));
    if (!passes || ++failures_ > most_failures) co_return explained(why);
    const duration rest = pause_.next(*site_.environment.random);
    co_return co_await site_.sleep_until(site_.environment.time->now() + rest);
}

}  // namespace mtproto::core
