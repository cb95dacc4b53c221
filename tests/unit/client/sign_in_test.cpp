// Every way to sign in, against the local data centre, with public headers alone.
#include <mtproto/api.hpp>
#include <mtproto/testing.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

constexpr const char* phone_of_person = "+1 (555) 00-01";

/// Has all answers beforehand; gives up when they are used up.
class person final : public login_ui {
  public:
    using words = std::optional<std::string>;

    std::deque<code_answer> codes{code_answer("12345")};
    std::deque<password_answer> passwords;
    std::deque<std::string> emails, recovery_codes;
    std::function<asio::awaitable<token_answer>(const login_token&)> on_token;

    std::vector<code_info> ways;
    std::vector<std::string> complaints;
    std::vector<password_info> hints;
    std::vector<login_token> tokens;
    int phones = 0;

    asio::awaitable<words> phone_number() override {
        ++phones;
        co_return phone_of_person;
    }
    asio::awaitable<words> code(const code_info&) override { co_return std::nullopt; }
    asio::awaitable<words> password(const std::string&) override { co_return std::nullopt; }
    void wrong(const std::string& why) override { complaints.push_back(why); }

    asio::awaitable<code_answer> answer_code(const code_info& about) override {
        ways.push_back(about);
        co_return next(codes).value_or(code_answer());
    }
    asio::awaitable<password_answer> answer_password(const password_info& about) override {
        hints.push_back(about);
        co_return next(passwords).value_or(password_answer());
    }
    asio::awaitable<words> email() override { co_return next(emails); }
    asio::awaitable<words> recovery_code(const std::string& pattern) override {
        CHECK(pattern == "r***@example.org");
        co_return next(recovery_codes);
    }
    asio::awaitable<token_answer> show(const login_token& shown) override {
        tokens.push_back(shown);
        if (!on_token) co_return token_answer::shown;
        co_return co_await on_token(shown);
    }

  private:
    template <class T>
    static std::optional<T> next(std::deque<T>& from) {
        if (from.empty()) return std::nullopt;
        std::optional<T> first(std::move(from.front()));
        from.pop_front();
        return first;
    }
};

/// A cluster, the device that is to be logged in, and one that is.
struct scene {
    explicit scene(local_dc_options options = {}, int first_home = 2)
        : cluster(world.cluster(with_text(std::move(options)))), phone(world.client(cluster)) {
        config settings;
        settings.servers = servers_of(cluster.info());
        settings.servers.home_dc = first_home;
        settings.session = store;
        tg.emplace(world.client(std::move(settings)));
    }

    static local_dc_options with_text(local_dc_options options) {
        options.text_messages = {"hello"};
        return options;
    }

    asio::awaitable<account> log_in(login_way first) {
        co_await tg->connect();
        const login_options how(first);
        account who = co_await tg->login(ui, how);
        const bool in = co_await tg->authorized();
        CHECK(in);
        co_return who;
    }
    account by_code() { return world.run(log_in(login_way::phone)); }
    account by_token() { return world.run(log_in(login_way::token)); }
    failure refusal(login_way first = login_way::phone) {
        try {
            world.run(log_in(first));
        } catch (const error& met) {
            return met.info();
        }
        FAIL("a login that was to fail");
        return {};
    }

    /// The phone signs in, and accepts tokens from then on.
    asio::awaitable<void> prepare_phone(std::optional<std::string> password = {}) {
        person owner;
        if (password) owner.passwords.emplace_back(*password);
        co_await phone.connect();
        owner_of_phone = co_await phone.login(owner);
    }
    asio::awaitable<void> accept(bytes token) {
        tl::auth::acceptLoginToken query;
        query.token = std::move(token);
        const tl::authorization made = co_await phone.call(query);
        CHECK(made.hash != 0);
    }

    testing::world world;
    local_dc cluster;
    client phone;
    std::shared_ptr<session_store> store = memory_session();
    std::optional<client> tg;
    person ui;
    account owner_of_phone;
};

bool mentions(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE("login 7.3 a token that another device accepts logs in, at once where updates come") {
    for (const bool updates : {true, false}) {
        CAPTURE(updates);
        local_dc_options options;
        options.sign_in.token_updates = updates;
        scene all(options);
        all.world.run(all.prepare_phone());
        all.ui.on_token = [&](const login_token& shown) -> asio::awaitable<token_answer> {
            CHECK(shown.url.starts_with("tg://login?token="));
            CHECK(shown.valid_for > 20s);
            co_await all.world.sleep(2s);
            co_await all.accept(shown.token);
            co_return token_answer::shown;
        };
        const time_point began = all.world.now();
        CHECK(all.by_token().user_id == all.owner_of_phone.user_id);
        const duration took = all.world.now() - began;
        CHECK(took >= 2s);
        if (updates)
            CHECK(took < 3s);
        else
            CHECK(took < 35s);
        CHECK(all.ui.tokens.size() == 1);
        CHECK(all.ui.phones == 0);
    }
}

TEST_CASE("login 7.3 whoever knows that the token was accepted waits for nothing") {
    local_dc_options options;
    options.sign_in.token_updates = false;
    scene all(options);
    all.world.run(all.prepare_phone());
    all.ui.on_token = [&](const login_token& shown) -> asio::awaitable<token_answer> {
        co_await all.accept(shown.token);
        co_return token_answer::accepted;
    };
    const time_point began = all.world.now();
    all.by_token();
    CHECK(all.world.now() - began < 1s);
}

TEST_CASE("login 7.3 an account of another data centre is followed there, and its password asked there") {
    local_dc_options options;
    options.password = "correct horse";
    scene all(options, 1);
    all.world.run(all.prepare_phone("correct horse"));
    all.ui.passwords.emplace_back(std::string("wrong"));
    all.ui.passwords.emplace_back(std::string("correct horse"));
    all.ui.on_token = [&](const login_token& shown) -> asio::awaitable<token_answer> {
        co_await all.accept(shown.token);
        co_return token_answer::shown;
    };
    CHECK(all.by_token().user_id == all.owner_of_phone.user_id);
    CHECK(all.ui.complaints == std::vector<std::string>{"this is not the password"});
    const stored_session kept = all.store->load().value().value();
    CHECK(kept.home_dc == 2);
    CHECK(kept.dcs.at(2).authorized);
}

TEST_CASE("login 7.3 a token that nobody accepts is followed by another, each for its time") {
    scene all;
    all.world.run(all.prepare_phone());
    all.ui.on_token = [&](const login_token& shown) -> asio::awaitable<token_answer> {
        if (all.ui.tokens.size() < 3) co_return token_answer::shown;
        bool is_void = false;
        try {
            co_await all.accept(all.ui.tokens.front().token);
        } catch (const error& met) {
            is_void = met.info().is("AUTH_TOKEN_INVALID");
        }
        CHECK(is_void);
        co_await all.accept(shown.token);
        co_return token_answer::shown;
    };
    const time_point began = all.world.now();
    all.by_token();
    CHECK(all.world.now() - began > 55s);
    CHECK(all.world.now() - began < 65s);
    CHECK(all.ui.tokens.size() == 3);
    CHECK(all.ui.tokens[1].url != all.ui.tokens[2].url);
}

TEST_CASE("login 7.3 a short life of a token is no reason to ask more than once a second") {
    local_dc_options options;
    options.sign_in.token_life = 0s;
    options.sign_in.scanning_phone = phone_of_person;
    options.sign_in.scan_after = 0s;
    options.faults = {"rpc-error=400 AUTH_TOKEN_EXPIRED@exportLoginToken:2"};
    scene all(options);
    const time_point began = all.world.now();
    all.by_token();
    CHECK(all.world.now() - began >= 1s);
}

TEST_CASE("login 7.3 one who declines the token logs in by phone number") {
    scene all;
    all.ui.on_token = [](const login_token&) -> asio::awaitable<token_answer> {
        co_return token_answer::declined;
    };
    all.by_token();
    CHECK(all.ui.phones == 1);
}

TEST_CASE("login 7.3 a server in trouble is asked again, and one that refuses is not") {
    SUBCASE("trouble passes") {
        local_dc_options options;
        options.faults = {"rpc-error=500 INTERNAL@exportLoginToken:2x8"};
        options.sign_in.scanning_phone = phone_of_person;
        scene all(options);
        all.by_token();
        CHECK(all.ui.tokens.size() == 1);
    }
    SUBCASE("trouble that does not pass") {
        local_dc_options options;
        options.faults = {"rpc-error=500 INTERNAL@exportLoginToken:2x0"};
        scene all(options);
        CHECK(all.refusal(login_way::token).is("INTERNAL"));
    }
    SUBCASE("accepted by an account that is banned") {
        local_dc_options options;
        options.faults = {"rpc-error=401 USER_DEACTIVATED_BAN@exportLoginToken:2"};
        scene all(options);
        const failure met = all.refusal(login_way::token);
        CHECK(met.code == errc::not_authorized);
        CHECK(mentions(met.message(), "banned"));
    }
    SUBCASE("a wrong application") {
        local_dc_options options;
        options.faults = {"rpc-error=400 API_ID_INVALID@exportLoginToken"};
        scene all(options);
        CHECK(mentions(all.refusal(login_way::token).message(), "my.telegram.org"));
        CHECK(all.ui.tokens.empty());
    }
}

TEST_CASE("login 7.3 users who are here already do not accept the token") {
    scene all;
    all.world.run(all.prepare_phone());
    std::string refused;
    all.ui.on_token = [&](const login_token& shown) -> asio::awaitable<token_answer> {
        try {
            co_await all.accept(shown.token);
        } catch (const error& met) {
            refused = met.info().rpc_type;
        }
        co_return token_answer::declined;
    };
    const auto trying = [](scene& of) -> asio::awaitable<void> {
        login_options how(login_way::token);
        how.except_users = {of.owner_of_phone.user_id};
        co_await of.tg->connect();
        co_await of.tg->login(of.ui, how);
    };
    all.world.run(trying(all));
    CHECK(refused == "AUTH_TOKEN_EXCEPTION");
}

TEST_CASE("login 7.3 an exception of show() comes out, and being cancelled or closed ends the wait") {
    SUBCASE("an exception") {
        scene all;
        all.ui.on_token = [](const login_token&) -> asio::awaitable<token_answer> {
            throw std::out_of_range("of the embedder");
            co_return token_answer::shown;
        };
        CHECK_THROWS_AS(all.by_token(), std::out_of_range);
    }
    SUBCASE("cancelled while shown") {
        scene all;
        asio::cancellation_signal cancel;
        bool ended = false;
        const auto trying = [](scene& of, bool& at_end) -> asio::awaitable<void> {
            of.ui.on_token = [&of](const login_token&) -> asio::awaitable<token_answer> {
                co_await of.world.sleep(1h);
                co_return token_answer::shown;
            };
            co_await of.tg->connect();
            const login_options how(login_way::token);
            try {
                co_await of.tg->login(of.ui, how);
            } catch (const error& thrown) {
                at_end = thrown.code() == errc::cancelled;
            }
        };
        asio::co_spawn(all.world.executor(), trying(all, ended),
                       asio::bind_cancellation_slot(cancel.slot(), [](std::exception_ptr) {}));
        all.world.advance(5s);
        CHECK(all.ui.tokens.size() == 1);
        cancel.emit(asio::cancellation_type::terminal);
        all.world.settle();
        CHECK(ended);
    }
    SUBCASE("closed while shown") {
        scene all;
        bool ended = false;
        const auto trying = [](scene& of, bool& at_end) -> asio::awaitable<void> {
            co_await of.tg->connect();
            const login_options how(login_way::token);
            try {
                co_await of.tg->login(of.ui, how);
            } catch (const error& thrown) {
                at_end = thrown.code() == errc::connection_closed;
            }
        };
        asio::co_spawn(all.world.executor(), trying(all, ended), [](std::exception_ptr) {});
        all.world.advance(5s);
        all.world.run(all.tg->close());
        all.world.settle();
        CHECK(ended);
    }
}

TEST_CASE("login 7.1 each way of a code is told, and the code is taken as people type it") {
    struct way {
        local_code code;
        const char* words;
        const char* right;
        const char* typed;
    };
    const way all_ways[] = {
        {local_code::app, "other devices", "12345", " 1-2-3-4-5 "},
        {local_code::sms, "by SMS", "12345", "12 345"},
        {local_code::call, "a voice that calls", "12345", "123-45"},
        {local_code::flash_call, "15550*", "12345", "12345"},
        {local_code::missed_call, "last 5 digits of the number that calls, which begins with +1555", "12345",
         "12345"},
        {local_code::email, "a***@example.org", "12345", "123 45"},
        {local_code::fragment, "https://fragment.com/login", "12345", "12345"},
        {local_code::word, "begins with \"k\"", "kettle", " kettle\r\n"},
        {local_code::phrase, "begins with \"red\"", "red well-made kettle", "red well-made kettle "},
    };
    for (const way& each : all_ways) {
        CAPTURE(each.words);
        local_dc_options options;
        options.sign_in.codes = {each.code};
        options.login_code = each.right;
        scene all(options);
        all.ui.codes = {code_answer(std::string(each.typed))};
        all.by_code();
        REQUIRE(all.ui.ways.size() == 1);
        CHECK(mentions(describe(all.ui.ways.front()), each.words));
        CHECK(all.ui.complaints.empty());
    }
}

TEST_CASE(
    "login 7.1 a code that does not come is sent by the next way, after its time, until there is none") {
    local_dc_options options;
    options.sign_in.codes = {local_code::app, local_code::sms, local_code::call};
    options.sign_in.code_timeout = 60s;
    scene all(options);
    const code_answer another(code_wish::another_code);
    all.ui.codes = {another, code_answer("1234"), code_answer("12345")};
    all.by_code();
    CHECK(all.ui.complaints.at(0) == "another code can be asked for in 60 s");
    CHECK(mentions(all.ui.complaints.at(1), "5 digits"));
    CHECK(all.ui.ways.at(0).next == next_code::sms);
    CHECK(all.ui.ways.at(0).next_after == 60s);
    CHECK(describe(all.ui.ways.at(0).next) == "by SMS");

    options.sign_in.code_timeout = 0s;
    scene at_once(options);
    at_once.ui.codes = {another, another, another, code_answer("12345")};
    at_once.by_code();
    const auto words_of = [&](std::size_t at) { return describe(at_once.ui.ways.at(at)); };
    CHECK(words_of(1) == "sent by SMS");
    CHECK(words_of(2) == "told by a voice that calls");
    CHECK(words_of(3) == words_of(2));  // the one that was sent counts
    CHECK(mentions(at_once.ui.complaints.at(0), "QR"));
}

TEST_CASE("login 7.1 a code for official apps alone is followed by the next at once") {
    local_dc_options options;
    options.sign_in.codes = {local_code::firebase, local_code::sms};
    scene all(options);
    all.by_code();
    CHECK(all.ui.ways.size() == 1);
    CHECK(describe(all.ui.ways.front()) == "sent by SMS");

    options.sign_in.codes = {local_code::sms, local_code::firebase};
    scene none(options);
    none.ui.codes = {code_answer(code_wish::another_code)};
    const failure met = none.refusal();
    CHECK(met.is("SEND_CODE_UNAVAILABLE"));
    CHECK(mentions(met.message(), "QR"));
}

TEST_CASE("login 7.1 an account that needs an e-mail address is given one, and the code goes there") {
    local_dc_options options;
    options.sign_in.codes = {local_code::set_up_email, local_code::email};
    scene all(options);
    all.ui.emails = {"none", "ada@example.com"};
    all.ui.codes = {code_answer("54321"), code_answer("1-2345"), code_answer("12345")};
    all.by_code();
    CHECK(all.ui.complaints.size() == 2);
    CHECK(describe(all.ui.ways.at(0)) == "sent to the new address a***@example.com");
    CHECK(describe(all.ui.ways.at(2)) == "sent by e-mail to a***@example.com");

    scene without(options);
    const failure met = without.refusal();
    CHECK(met.code == errc::not_authorized);
    CHECK(mentions(met.message(), "e-mail"));
}

TEST_CASE("login 7.1 an e-mail address that cannot be read any more is given up") {
    local_dc_options options;
    options.sign_in.codes = {local_code::email, local_code::sms};
    scene all(options);
    all.ui.codes = {code_answer(code_wish::another_email), code_answer("12345")};
    all.by_code();
    CHECK(describe(all.ui.ways.at(1)) == "sent by SMS");
}

TEST_CASE("login 7.1 another number begins anew, and what costs money or an account is refused in words") {
    scene all;
    all.ui.codes = {code_answer(code_wish::another_number), code_answer("12345")};
    all.by_code();
    CHECK(all.ui.phones == 2);

    local_dc_options paid;
    paid.sign_in.codes = {local_code::payment};
    scene costly(paid);
    CHECK(mentions(costly.refusal().message(), "QR code"));

    local_dc_options unknown;
    unknown.unregistered_phones = {"15550001"};
    scene nobody(unknown);
    CHECK(mentions(nobody.refusal().message(), "sign up with an official app"));
}

TEST_CASE("login 7.1 a server that wants the login to begin again has its will, once") {
    local_dc_options options;
    options.faults = {"rpc-error=500 AUTH_RESTART@signIn:1"};
    scene once(options);
    once.ui.codes.emplace_back("12345");
    once.by_code();
    CHECK(once.ui.ways.size() == 2);
    CHECK(once.ui.phones == 1);

    options.faults = {"rpc-error=500 AUTH_RESTART@signIn:1x0"};
    scene always(options);
    always.ui.codes.emplace_back("12345");
    CHECK(always.refusal().is("AUTH_RESTART"));
}

TEST_CASE("login 7.1 what ends a login is told in words") {
    struct end {
        const char* type;
        const char* words;
    };
    for (const end& each :
         {end{"400 PHONE_NUMBER_BANNED", "banned"}, end{"400 PHONE_NUMBER_FLOOD", "in a day"},
          end{"406 UPDATE_APP_TO_LOGIN", "update"}, end{"400 API_ID_PUBLISHED_FLOOD", "one of your own"}}) {
        CAPTURE(each.type);
        local_dc_options options;
        options.faults = {std::string("rpc-error=") + each.type + "@sendCode"};
        scene all(options);
        CHECK(mentions(all.refusal().message(), each.words));
    }
}

TEST_CASE("login 7.2 a password keeps the blanks at its ends") {
    local_dc_options options;
    options.password = " correct horse ";
    options.sign_in.password_hint = "the usual";
    scene all(options);
    for (const char* typed : {"correct horse", " correct horse", " correct horse "})
        all.ui.passwords.emplace_back(std::string(typed));
    all.by_code();
    CHECK(all.ui.complaints.size() == 2);
    CHECK(all.ui.hints.front().hint == "the usual");
    CHECK_FALSE(all.ui.hints.front().recoverable);
}

TEST_CASE("login 7.2 a password that is forgotten is recovered by e-mail, where it has one") {
    local_dc_options options;
    options.password = "correct horse";
    options.sign_in.recovery_code = "246810";
    const password_answer forgotten(password_wish::recover);
    scene all(options);
    all.ui.passwords = {forgotten};
    all.ui.recovery_codes = {"111111", "246-810"};
    all.by_code();
    CHECK(all.ui.hints.front().recoverable);
    CHECK(all.ui.complaints == std::vector<std::string>{"this is not the code"});

    options.sign_in.recovery_code.clear();
    scene none(options);
    none.ui.passwords = {forgotten, password_answer(std::string("correct horse"))};
    none.by_code();
    CHECK(mentions(none.ui.complaints.at(0), "seven days"));
}

TEST_CASE("login 7.2 a password that was changed meanwhile is asked for again") {
    local_dc_options options;
    options.password = "correct horse";
    options.faults = {"rpc-error=400 SRP_PASSWORD_CHANGED@checkPassword:1"};
    scene all(options);
    for (int i = 0; i < 2; ++i)
        all.ui.passwords.emplace_back(std::string("correct horse"));
    all.by_code();
    CHECK(all.ui.hints.size() == 2);
}

TEST_CASE("login 7.1 a token of an earlier login stands for a code") {
    local_dc_options options;
    options.sign_in.future_tokens = true;
    scene all(options);
    all.by_code();
    stored_session kept = all.store->load().value().value();
    CHECK(kept.parts.size() == 1);
    kept.user_id = 0;  // the login is gone, and another one begins
    kept.dcs.clear();
    CHECK(all.store->save(kept).has_value());
    config settings;
    settings.servers = servers_of(all.cluster.info());
    settings.session = all.store;
    all.tg.emplace(all.world.client(std::move(settings)));
    all.ui.codes.clear();
    all.by_code();
    CHECK(all.ui.ways.size() == 1);  // of the first
}

TEST_CASE("logging out ends the login, has its keys forgotten, and removes the session") {
    scene all;
    all.by_code();
    const stored_session before = all.store->load().value().value();
    all.world.run(all.tg->logout());
    CHECK_FALSE(all.store->load().value().has_value());
    // Whoever has a copy of the keys has nothing that the servers know.
    CHECK(all.store->save(before).has_value());
    int unknown_keys = 0;
    config settings;
    settings.servers = servers_of(all.cluster.info());
    settings.session = all.store;
    settings.forward_secrecy = false;
    settings.log = [&](log_level, std::string_view line) {
        unknown_keys += mentions(std::string(line), "-404");
    };
    all.tg.emplace(all.world.client(std::move(settings)));
    const auto asking = [](client& tg) -> asio::awaitable<bool> {
        co_await tg.connect();
        const bool in = co_await tg.authorized();
        co_return in;
    };
    CHECK_FALSE(all.world.run(asking(*all.tg)));
    CHECK(unknown_keys > 0);
}

TEST_CASE("logging out where no server is to be had keeps the session") {
    scene all;
    all.by_code();
    all.cluster.stop();
    std::optional<failure> met;
    try {
        all.world.run(all.tg->logout());
    } catch (const error& thrown) {
        met = thrown.info();
    }
    CHECK(met.has_value());
    CHECK(all.store->load().value()->user_id != 0);
}
