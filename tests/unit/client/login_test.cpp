// Logging in and out against scripted data centres (protocol 7.1, 7.2, 7.4).
#include "crypto/dh.hpp"
#include "crypto/srp.hpp"
#include "unit/client/scripted_cluster.hpp"

#include <doctest/doctest.h>

#include <deque>

using namespace mtproto;
using namespace mtproto::test;
namespace io = mtproto::io;

namespace {

/// Answers from lists; an exhausted one gives up.
class scripted_ui final : public login_ui {
  public:
    std::deque<std::string> phones{"+10"};
    std::deque<std::string> codes{"12345"};
    std::deque<std::string> passwords;
    std::vector<std::string> complaints;
    std::string hint;
    code_info told;

    io::awaitable<std::optional<std::string>> phone_number() override { co_return next(phones); }
    io::awaitable<std::optional<std::string>> code(const code_info& about) override {
        told = about;
        co_return next(codes);
    }
    io::awaitable<std::optional<std::string>> password(const std::string& given) override {
        hint = given;
        co_return next(passwords);
    }
    void wrong(const std::string& what) override { complaints.push_back(what); }

  private:
    static std::optional<std::string> next(std::deque<std::string>& from) {
        if (from.empty()) return std::nullopt;
        std::string first = std::move(from.front());
        from.pop_front();
        return first;
    }
};

outcome<account> log_in(scripted_cluster& all, login_ui& ui) {
    outcome<account> who = errc::cancelled;
    all.run([](core::account_connections& client, login_ui& asking,
               outcome<account>& into) -> io::awaitable<void> {
        const login_options usual;
        into = co_await client.login(asking, usual);
    }(all.client(), ui, who));
    return who;
}

bytes sent_code() {
    tl::auth::sentCodeTypeApp app;
    app.length = 5;
    tl::auth::sentCode sent;
    sent.type = std::move(app);
    sent.phone_code_hash = "hash";
    return tl::encode(sent);
}

/// Phone +10, code 12345; two-step verification when there is a password.
struct phone_server {
    explicit phone_server(std::string with_password = "") : password(std::move(with_password)), random(9) {}

    std::optional<scripted_answer> operator()(const seen_request& what) {
        if (what.method == tl::auth::sendCode::tl_id) {
            const auto request = tl::decode<tl::auth::sendCode>(what.body);
            if (request->phone_number != "10") return reply_error(400, "PHONE_NUMBER_INVALID");
            return reply(sent_code());
        }
        if (what.method == tl::auth::signIn::tl_id) {
            const auto request = tl::decode<tl::auth::signIn>(what.body);
            if (request->phone_code_hash != "hash" || request->phone_code != "12345")
                return reply_error(400, "PHONE_CODE_INVALID");
            if (!password.empty()) return reply_error(401, "SESSION_PASSWORD_NEEDED");
            return reply(authorization_answer(77, false));
        }
        if (what.method == tl::account::getPassword::tl_id) return reply(challenge());
        if (what.method == tl::auth::checkPassword::tl_id) {
            const auto request = tl::decode<tl::auth::checkPassword>(what.body);
            const auto* proof = request->password.as<tl::inputCheckPasswordSRP>();
            if (!proof || !srp) return reply_error(400, "PASSWORD_HASH_INVALID");
            if (proof->srp_id != srp_id) return reply_error(400, "SRP_ID_INVALID");
            const bool right = srp->accepts(proof->A, proof->M1);
            srp.reset();
            if (!right) return reply_error(400, "PASSWORD_HASH_INVALID");
            return reply(authorization_answer(77, false));
        }
        return std::nullopt;
    }

    bytes challenge() {
        const bytes salt1 = bytes::copy("salt one");
        const bytes salt2 = bytes::copy("salt two");
        crypto::srp_group group;
        group.salt1 = salt1;
        group.salt2 = salt2;
        group.g = crypto::telegram_dh_g;
        group.p = crypto::telegram_dh_prime();
        const auto verifier = crypto::srp_verifier(group, password);
        auto made = crypto::srp_challenge::make(group, *verifier, random);
        tl::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow algorithm;
        algorithm.salt1 = salt1;
        algorithm.salt2 = salt2;
        algorithm.g = group.g;
        algorithm.p = bytes::copy(group.p);
        tl::account::password about;
        about.has_password = true;
        about.current_algo = std::move(algorithm);
        about.srp_B = bytes::copy(byte_view(made->b_public()));
        about.srp_id = ++srp_id;
        about.hint = "the usual";
        about.new_algo = tl::passwordKdfAlgoUnknown{};
        about.new_secure_algo = tl::securePasswordKdfAlgoUnknown{};
        srp = std::move(*made);
        return tl::encode(about);
    }

    std::string password;
    crypto::seeded_random random;
    std::int64_t srp_id = 0;
    std::optional<crypto::srp_challenge> srp;
};

}  // namespace

TEST_CASE("login 7.4: a bot's token logs in, and the session keeps it") {
    scripted_cluster all(0);
    all.connect();
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != tl::auth::importBotAuthorization::tl_id) return std::nullopt;
        const auto request = tl::decode<tl::auth::importBotAuthorization>(what.body);
        CHECK(request->api_id == 1);
        CHECK(request->api_hash == "hash");
        return request->bot_auth_token == "1:token" ? reply(authorization_answer(5, true))
                                                    : reply_error(400, "ACCESS_TOKEN_INVALID");
    };
    outcome<account> who = errc::cancelled;
    const auto trying = [](core::account_connections& client, std::string token,
                           outcome<account>& into) -> io::awaitable<void> {
        into = co_await client.login_bot(std::move(token));
    };
    all.run(trying(all.client(), "nonsense", who));
    REQUIRE_FALSE(who.has_value());
    CHECK(who.error().detail.find("@BotFather") != std::string::npos);
    CHECK(all.store().kept->user_id == 0);
    all.run(trying(all.client(), "1:token", who));
    REQUIRE(who.has_value());
    CHECK(who->user_id == 5);
    CHECK(who->bot);
    CHECK(who->name == "Ada L");
    CHECK(who->username == "ada");
    CHECK(all.store().kept->user_id == 5);
    CHECK(all.store().kept->bot);
    CHECK(all.store().kept->dcs.at(2).authorized);
}

TEST_CASE("login 7.4: a bot that lives elsewhere is followed there") {
    scripted_cluster all(0);
    all.connect();
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != tl::auth::importBotAuthorization::tl_id) return std::nullopt;
        return what.dc == 3 ? reply(authorization_answer(5, true)) : reply_error(303, "USER_MIGRATE_3");
    };
    outcome<account> who = errc::cancelled;
    all.run([](core::account_connections& client, outcome<account>& into) -> io::awaitable<void> {
        into = co_await client.login_bot("1:token");
    }(all.client(), who));
    CHECK(who.has_value());
    CHECK(all.store().kept->home_dc == 3);
    CHECK(all.store().kept->dcs.at(3).authorized);
    CHECK_FALSE(all.store().kept->dcs.at(2).authorized);
}

TEST_CASE("login 7.1: phone number and code, each asked again when wrong") {
    scripted_cluster all(0);
    all.connect();
    all.on_request = phone_server();
    scripted_ui ui;
    ui.phones = {"nonsense", "+10"};
    ui.codes = {"11111", "", "12345"};
    const outcome<account> who = log_in(all, ui);
    REQUIRE(who.has_value());
    CHECK(who->user_id == 77);
    CHECK(ui.complaints.size() == 3);
    CHECK(std::holds_alternative<code_way::app>(ui.told.way));
    CHECK(ui.told.length == 5);
}

TEST_CASE("login 7.1: a code as people copy it, with blanks or hyphens") {
    for (const char* typed : {" 12345", "12345 ", "\t123 45\r\n", "12-345", "1 2 3-4 5"}) {
        CAPTURE(typed);
        scripted_cluster all(0);
        all.connect();
        all.on_request = phone_server();
        scripted_ui ui;
        ui.codes = {typed};
        REQUIRE(log_in(all, ui).has_value());
        CHECK(ui.complaints.empty());
    }
}

TEST_CASE("login 7.1: giving up ends it") {
    scripted_cluster all(0);
    all.connect();
    all.on_request = phone_server();
    scripted_ui ui;
    ui.codes = {"11111"};
    CHECK(log_in(all, ui).error().code == errc::cancelled);
    CHECK(all.store().kept->user_id == 0);
}

TEST_CASE("login 7.1: a number without an account is told to sign up elsewhere") {
    scripted_cluster all(0);
    all.connect();
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method == tl::auth::sendCode::tl_id) return reply(sent_code());
        if (what.method != tl::auth::signIn::tl_id) return std::nullopt;
        const tl::auth::authorizationSignUpRequired none{};
        return reply(tl::encode(none));
    };
    scripted_ui ui;
    const outcome<account> who = log_in(all, ui);
    REQUIRE_FALSE(who.has_value());
    CHECK(who.error().code == errc::not_authorized);
    CHECK(who.error().detail.find("sign up") != std::string::npos);
}

TEST_CASE("login 7.2: the password is proven, and asked again when wrong") {
    scripted_cluster all(0);
    all.connect();
    all.on_request = phone_server("secret");
    scripted_ui ui;
    ui.passwords = {"wrong", "secret"};
    const outcome<account> who = log_in(all, ui);
    REQUIRE(who.has_value());
    CHECK(who->user_id == 77);
    CHECK(ui.hint == "the usual");
    CHECK(ui.complaints.size() == 1);
}

TEST_CASE("login 7.2: a proof that came too late is made again, but not for ever") {
    for (const int late : {1, 1000}) {
        CAPTURE(late);
        scripted_cluster all(0);
        all.connect();
        int proofs = 0;
        all.on_request = [&, inner = phone_server("secret")](
                             const seen_request& what) mutable -> std::optional<scripted_answer> {
            if (what.method == tl::auth::checkPassword::tl_id && ++proofs <= late)
                return reply_error(400, "SRP_ID_INVALID");
            return inner(what);
        };
        scripted_ui ui;
        ui.passwords = {"secret"};
        const outcome<account> who = log_in(all, ui);
        CHECK(who.has_value() == (late == 1));
        if (!who) CHECK(who.error().is("SRP_ID_INVALID"));
        CHECK(proofs <= 3);
        CHECK(ui.complaints.empty());
    }
}

TEST_CASE("login 7.2: no password given is an error of its own") {
    scripted_cluster all(0);
    all.connect();
    all.on_request = phone_server("secret");
    scripted_ui ui;
    CHECK(log_in(all, ui).error().code == errc::password_needed);
}

TEST_CASE("login 7.2: giving up after a wrong password is told as a wrong one, not as a missing one") {
    scripted_cluster all(0);
    all.connect();
    all.on_request = phone_server("secret");
    scripted_ui ui;
    ui.passwords = {"wrong"};
    const failure met = log_in(all, ui).error();
    CHECK(met.code == errc::rpc_error);
    CHECK(met.is("PASSWORD_HASH_INVALID"));
}

TEST_CASE("login 7.1: a code that came by email is given as such, and asked again when wrong") {
    scripted_cluster all(0);
    all.connect();
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method == tl::auth::sendCode::tl_id) {
            tl::auth::sentCodeTypeEmailCode mail;
            mail.email_pattern = "a***@example.com";
            mail.length = 6;
            tl::auth::sentCode sent;
            sent.type = std::move(mail);
            sent.phone_code_hash = "hash";
            return reply(tl::encode(sent));
        }
        if (what.method != tl::auth::signIn::tl_id) return std::nullopt;
        const auto request = tl::decode<tl::auth::signIn>(what.body);
        CHECK_FALSE(request->phone_code.has_value());
        const auto* proof = request->email_verification
                                ? request->email_verification->as<tl::emailVerificationCode>()
                                : nullptr;
        if (!proof) return reply_error(400, "PHONE_CODE_EMPTY");
        if (proof->code != "123456") return reply_error(400, "EMAIL_CODE_INVALID");
        return reply(authorization_answer(77, false));
    };
    scripted_ui ui;
    ui.codes = {"111111", "123456"};
    const outcome<account> who = log_in(all, ui);
    REQUIRE(who.has_value());
    CHECK(std::get<code_way::email>(ui.told.way).pattern == "a***@example.com");
    CHECK(ui.told.length == 6);
    CHECK(ui.complaints.size() == 1);
}

TEST_CASE("login 7.1: an expired code makes a new one come") {
    scripted_cluster all(0);
    all.connect();
    int codes = 0;
    all.on_request =
        [&, inner = phone_server()](const seen_request& what) mutable -> std::optional<scripted_answer> {
        if (what.method == tl::auth::signIn::tl_id && ++codes == 1)
            return reply_error(400, "PHONE_CODE_EXPIRED");
        return inner(what);
    };
    scripted_ui ui;
    ui.codes = {"12345", "12345"};
    CHECK(log_in(all, ui).has_value());
    CHECK(all.count(tl::auth::sendCode::tl_id) == 2);
    CHECK(ui.phones.empty());
}

TEST_CASE("authorized() asks the server, and believes it") {
    scripted_cluster all;
    all.connect();
    bool revoked = false;
    all.on_request = [&](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != tl::users::getUsers::tl_id) return std::nullopt;
        if (revoked) return reply_error(401, "AUTH_KEY_UNREGISTERED");
        const std::vector<tl::User> none;
        return reply(tl::encode(none));
    };
    const auto asking = [](core::account_connections& client, bool& into) -> io::awaitable<void> {
        into = (co_await client.authorized()).value();
    };
    bool is = false;
    all.run(asking(all.client(), is));
    CHECK(is);
    revoked = true;
    all.run(asking(all.client(), is));
    CHECK_FALSE(is);
    CHECK(all.store().kept->user_id == 0);
}

TEST_CASE("logging out tells the server and removes the session") {
    scripted_cluster all;
    all.connect();
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != tl::auth::logOut::tl_id) return std::nullopt;
        const tl::auth::loggedOut done{};
        return reply(tl::encode(done));
    };
    all.run([](core::account_connections& client) -> io::awaitable<void> {
        const outcome<void> done = co_await client.logout();
        CHECK(done.has_value());
    }(all.client()));
    CHECK(all.count(tl::auth::logOut::tl_id) == 1);
    CHECK_FALSE(all.store().kept.has_value());
}
