// The whole client below media against the local data centre, in one process and virtual time.
#include "crypto/auth_key.hpp"
#include "unit/client/temporary_keys.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace mtproto;
using namespace mtproto::test;
namespace io = mtproto::io;

namespace {

class answers final : public login_ui {
  public:
    answers(std::string code, std::string password)
        : code_(std::move(code)), password_(std::move(password)) {}

    io::awaitable<std::optional<std::string>> phone_number() override { co_return "+42"; }
    io::awaitable<std::optional<std::string>> code(const code_info&) override { co_return code_; }
    io::awaitable<std::optional<std::string>> password(const std::string&) override { co_return password_; }
    void wrong(const std::string& what) override { FAIL(what); }

  private:
    std::string code_;
    std::string password_;
};

}  // namespace

TEST_CASE("key exchange, configuration and a bot's login with the local data centre") {
    local_cluster all;
    all.log_in();
    bool in = false;
    const auto asking = [](core::account_connections& client, bool& into) -> io::awaitable<void> {
        const outcome<bool> whether = co_await client.authorized();
        succeeded(whether);
        into = *whether;
    };
    all.run(asking(all.client(), in));
    CHECK(in);
}

TEST_CASE("the stored session logs in again without a key exchange or a code") {
    local_cluster all;
    all.log_in();
    all.restart();
    all.run([](core::account_connections& client) -> io::awaitable<void> {
        const outcome<void> connected = co_await client.connect();
        succeeded(connected);
        const outcome<bool> whether = co_await client.authorized();
        succeeded(whether);
        CHECK(*whether);
    }(all.client()));
}

TEST_CASE("phone number, code and two-step password with the local data centre") {
    local_dc_options options;
    options.password = "correct horse";
    local_cluster all(options);
    answers ui(all.info().login_code, options.password);
    all.run([](core::account_connections& client, login_ui& asking) -> io::awaitable<void> {
        const outcome<void> connected = co_await client.connect();
        succeeded(connected);
        const login_options usual;
        const outcome<account> who = co_await client.login(asking, usual);
        succeeded(who);
        CHECK_FALSE(who->bot);
    }(all.client(), ui));
}

TEST_CASE("a file of a foreign data centre comes whole over four lines, with each framing") {
    for (const transport over :
         {transport::intermediate, transport::abridged, transport::padded_intermediate, transport::full}) {
        CAPTURE(static_cast<int>(over));
        client_settings settings;
        settings.over = over;
        local_cluster all({}, settings);
        all.log_in();
        std::string got;
        all.run(fetch_file(all, got));
        CHECK((got == all.file()));
    }
}

TEST_CASE("connections that the server closes in mid download cost nothing but time") {
    local_dc_options options;
    options.faults = {"close@getFile:3x4"};
    local_cluster all(options);
    all.log_in();
    std::string got;
    all.run(fetch_file(all, got));
    CHECK((got == all.file()));
    CHECK(all.logged("connection lost") >= 4);
}

TEST_CASE("a packet with a wrong msg_key is never taken; asked again it comes right") {
    local_dc_options options;
    options.faults = {"wrong-msg-key@getFile:2"};
    local_cluster all(options);
    all.log_in();
    std::string got;
    all.run(fetch_file(all, got));
    CHECK((got == all.file()));
    CHECK(all.logged("a packet does not verify") == 1);
}

TEST_CASE("transport error 1.6: with a key that the server forgot, connecting makes another and succeeds") {
    client_settings settings;
    SUBCASE("under temporary keys") {}
    SUBCASE("under that key itself") {
        settings.forward_secrecy = false;
    }
    local_cluster all({}, settings);
    all.log_in();
    stored_session other = all.session();
    const int home = all.info().home_dc;
    other.dcs.at(home).auth_key.assign(crypto::auth_key::size, std::byte{0x5a});
    REQUIRE(all.store().save(other).has_value());
    all.restart();
    CHECK(connect(all).has_value());
    CHECK(all.logged("forgotten the authorization key") == 1);
    // Until another key is authorized: part of the reason is -404, which nobody signs.
    CHECK(all.session().dcs.at(home).auth_key == other.dcs.at(home).auth_key);
    CHECK(all.session().user_id == other.user_id);
    all.log_in();
    CHECK(all.session().dcs.at(home).auth_key != other.dcs.at(home).auth_key);
}

TEST_CASE("login 7.5: an authorization whose import got lost with its key is imported once more") {
    local_dc_options options;
    options.faults = {"lost-key@importAuthorization"};
    client_settings settings;
    SUBCASE("a temporary one") {}
    SUBCASE("the permanent one") {
        settings.forward_secrecy = false;
    }
    local_cluster all(options, settings);
    all.log_in();
    std::string got;
    all.run(fetch_file(all, got));
    CHECK((got == all.file()));
    CHECK(all.logged("-404") >= 1);
    CHECK(all.logged("forgotten the authorization key") == (settings.forward_secrecy ? 0 : 1));
}

TEST_CASE("login 7.5: an authorization whose import the server takes for nonsense is imported once more") {
    local_dc_options options;
    options.faults = {"bad-msg=35@importAuthorization"};
    local_cluster all(options);
    all.log_in();
    std::string got;
    all.run(fetch_file(all, got));
    CHECK((got == all.file()));
    CHECK(all.logged("code 35") >= 1);
}

TEST_CASE("errors 6: AUTH_KEY_DUPLICATED in mid download costs that data centre's key and no part") {
    local_dc_options options;
    options.faults = {"rpc-error=406 AUTH_KEY_DUPLICATED@getFile:3x2"};
    local_cluster all(options);
    all.log_in();
    all.run([](local_cluster& here) -> io::awaitable<void> {
        const place from = co_await find_file(here.client(), here.info());
        const auto line = co_await here.client().connection_for_files(from.dc, 0);
        succeeded(line);
    }(all));
    const stored_session before = all.session();
    std::string got;
    all.run(fetch_file(all, got));
    CHECK((got == all.file()));
    const stored_session after = all.session();
    CHECK(after.user_id == before.user_id);
    for (const auto& each : after.dcs) {
        const int dc = each.first;
        const stored_dc& kept = each.second;
        CAPTURE(dc);
        const bool same = kept.auth_key == before.dcs.at(dc).auth_key;
        CHECK(same == (dc == all.info().home_dc));
        CHECK(kept.authorized);
    }
}

TEST_CASE("errors 6: AUTH_KEY_DUPLICATED at home ends the login, and the next one is under another key") {
    local_dc_options options;
    options.faults = {"rpc-error=406 AUTH_KEY_DUPLICATED@getNearestDc:1"};
    local_cluster all(options);
    all.log_in();
    const stored_session before = all.session();
    all.run([](core::account_connections& client) -> io::awaitable<void> {
        const tl::help::getNearestDc request{};
        const auto refused = co_await core::call(client, request);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == errc::not_authorized);
        const outcome<bool> in = co_await client.authorized();
        succeeded(in);
        CHECK_FALSE(*in);
    }(all.client()));
    CHECK(all.session().user_id == 0);
    all.log_in();
    const int home = all.info().home_dc;
    CHECK(all.session().user_id != 0);
    CHECK(all.session().dcs.at(home).auth_key != before.dcs.at(home).auth_key);
}

TEST_CASE("auth_key 2.1: a server whose nonce is wrong, or whose key is not known, gets no client") {
    const auto failing = [](const char* fault) {
        local_dc_options options;
        options.faults = {fault};
        local_cluster all(options);
        outcome<void> connected;
        all.run([](core::account_connections& client, outcome<void>& into) -> io::awaitable<void> {
            into = co_await client.connect();
        }(all.client(), connected));
        REQUIRE_FALSE(connected.has_value());
        return connected.error().code;
    };
    CHECK(failing("wrong-nonce@req_pq_multi:1x0") == errc::handshake_failed);
    CHECK(failing("wrong-fingerprint@req_pq_multi:1x0") == errc::unknown_rsa_key);
    CHECK(failing("dh-fail@set_client_DH_params:1x0") == errc::handshake_failed);
}

TEST_CASE("a round trip of 100 ms is measured as such") {
    local_dc_options options;
    options.rtt = std::chrono::milliseconds(100);
    local_cluster all(options);
    all.log_in();
    duration measured{};
    all.run([](local_cluster& here, duration& into) -> io::awaitable<void> {
        const place from = co_await find_file(here.client(), here.info());
        const auto line = co_await here.client().connection_for_files(from.dc, 0);
        succeeded(line);
        std::string data(static_cast<std::size_t>(from.size), '\0');
        co_await get_part(**line, from, 0, data);
        into = (*line)->min_rtt();
    }(all, measured));
    CHECK(measured >= std::chrono::milliseconds(100));
    CHECK(measured < std::chrono::milliseconds(120));
}
