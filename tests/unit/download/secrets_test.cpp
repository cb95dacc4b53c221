// No secret stands in a log line or an error: logins, downloads and failures of every kind, all texts read.
#include "client/account_connections.hpp"
#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "localdc/access.hpp"
#include "unit/download/leaks.hpp"
#include "unit/one_cluster/served.hpp"
#include "unit/servers_of.hpp"

#include <mtproto/client.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

using namespace mtproto;
namespace io = mtproto::io;
namespace fs = std::filesystem;

namespace {

const std::string code = "735191";
const std::string wrong_code = "735192";
const std::string password = "correct horse battery";
const std::string wrong_password = "correct horse stapler";
const std::string passphrase = "mellow onion kettle";
const std::string api_hash = "0123456789abcdef0123456789abcdef";
const std::string secret_key = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
const std::string tls_secret = "ee" + secret_key + "6578616d706c652e6f7267";  // example.org

struct run_options {
    std::vector<std::string> faults = {};
    std::optional<proxy> through = std::nullopt;  ///< port 0: the cluster's MTProxy
    std::string proxy_secret = {};                ///< of the cluster
    bool encrypted = false;                       ///< the session is; making its key takes time
};

/// One client and its cluster from login to logout; keeps whatever was said, and what must not have been.
class watched {
  public:
    explicit watched(run_options how) : how_(std::move(how)) {
        for (const std::string* each : {&code, &wrong_code, &password, &wrong_password, &passphrase,
                                        &api_hash, &secret_key, &tls_secret})
            secrets.add_text(*each);
        std::string name = (fs::temp_directory_path() / "mtproto-secrets-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        fs::create_directory(folder_ / "served");
        std::ofstream(folder_ / "served" / "one.bin", std::ios::binary) << test::file_of(700'001);
        local_dc_options options;
        options.folder = (folder_ / "served").string();
        options.faults = how_.faults;
        options.login_code = code;
        options.password = password;
        options.proxy_secret = how_.proxy_secret;
        servers_.emplace(local_dc_access::make(world_.make_environment(note()), std::move(options),
                                               test::key_of_cluster()));
        servers_->start();
        session_ = how_.encrypted ? file_session(folder_ / "me.session", passphrase)
                                  : file_session(folder_ / "me.session");
        config settings;
        settings.api.id = 17;
        settings.api.hash = api_hash;
        settings.session = session_;
        settings.proxy = how_.through;
        if (settings.proxy && settings.proxy->port == 0) settings.proxy->port = servers_->info().proxy_port;
        settings.servers = test::servers_of(servers_->info());
        cluster_ = cluster_name(settings.servers);
        client_.emplace(
            core::account_connections::make(world_.make_environment(note()), std::move(settings)));
    }
    ~watched() {
        client_.reset();
        world_.settle();
        servers_.reset();
        world_.settle();
        fs::remove_all(folder_);
    }

    void go() {
        world_.run(all());
        remember_session();
        tell_session_errors();
    }

    test::leak_finder secrets;
    std::vector<std::string> said;  // log lines of both sides, texts of errors

  private:
    log_sink note() {
        return [this](log_level, std::string_view line) { said.emplace_back(line); };
    }

    /// Keys and salts as they are kept now.
    void remember_session() {
        session_->select(cluster_);
        const auto kept = session_->load();
        if (!kept || !*kept) return;
        for (const auto& [dc, each] : (*kept)->dcs) {
            secrets.add(each.auth_key);
            if (each.salt != 0) secrets.add(each.salt);
        }
    }

    void tell_session_errors() {
        if (!how_.encrypted) return;
        session_->select("another");  // gives the file to others
        for (const std::string& given : {std::string(), wrong_password}) {
            const auto store = given.empty() ? file_session(folder_ / "me.session")
                                             : file_session(folder_ / "me.session", given);
            store->select(cluster_);
            if (const auto loaded = store->load(); !loaded) said.push_back(loaded.error().message());
        }
    }

    class answers final : public login_ui {
      public:
        explicit answers(std::vector<std::string>& said) : said_(said) {}
        io::awaitable<std::optional<std::string>> phone_number() override { co_return "+15550123"; }
        io::awaitable<std::optional<std::string>> code(const code_info&) override {
            co_return codes_++ == 0 ? wrong_code : ::code;
        }
        io::awaitable<std::optional<std::string>> password(const std::string&) override {
            co_return passwords_++ == 0 ? wrong_password : ::password;
        }
        void wrong(const std::string& what) override { said_.push_back(what); }

      private:
        std::vector<std::string>& said_;
        int codes_ = 0, passwords_ = 0;
    };

    io::awaitable<void> all() {
        try {
            co_await client_->connect();
            answers ui(said);
            co_await client_->login(ui);
            remember_session();
            const std::string link =
                "https://t.me/demo/" + std::to_string(servers_->info().messages.at(0).id);
            const media file = co_await client_->resolve(link);
            byte_stream stream = client_->open(file);
            std::size_t got = 0;
            while (const std::optional<chunk> part = co_await stream.next())
                got += part->data.size();
            CHECK(got == 700'001);
            finished = true;
        } catch (const error& thrown) {
            said.push_back(thrown.what());
            said.push_back(thrown.info().message());
        }
    }

    run_options how_;
    crypto::seeded_random seeded_{21};
    test::watched_random random_{seeded_, secrets};
    io::simulation world_{random_};
    fs::path folder_;
    std::shared_ptr<session_store> session_;
    std::string cluster_;
    std::optional<local_dc> servers_;
    std::optional<client> client_;

  public:
    bool finished = false;
};

/// Runs it, and gives how much was said.
std::size_t keeps_secrets(run_options how, bool finishes) {
    watched all(std::move(how));
    all.go();
    CHECK(all.finished == finishes);
    CHECK(all.secrets.size() > 100);
    for (const std::string& text : all.said)
        CHECK_MESSAGE(!all.secrets.found_in(text), text);
    return all.said.size();
}

}  // namespace

TEST_CASE("the finder of leaks finds a secret however it is spelled") {
    test::leak_finder finder;
    std::vector<std::byte> key(32);
    crypto::seeded_random(1).fill(key);
    finder.add(key);
    finder.add(std::int64_t{-1234567890123456789});
    finder.add_text("72951");
    CHECK(finder.found_in("key " + std::string(as_text(byte_view(key).subspan(5, 9)))));
    // Of the same bytes, by another program: hexadecimal, and base64 from the first and from the third byte
    // on.
    std::string hex, upper;
    for (const std::byte each : byte_view(key).subspan(3, 12)) {
        hex += "0123456789abcdef"[std::to_integer<unsigned>(each) >> 4];
        hex += "0123456789abcdef"[std::to_integer<unsigned>(each) & 15];
    }
    for (const char c : hex)
        upper += static_cast<char>(std::toupper(c));
    CHECK(finder.found_in("(" + hex + ")"));
    CHECK(finder.found_in("0x" + upper));
    CHECK(finder.found_in("salt -1234567890123456789 is wrong"));
    CHECK(finder.found_in("salt 17212176183586094827 is wrong"));
    CHECK(finder.found_in("eb7e16820befddee"));  // of the salt, as its bytes stand
    CHECK(finder.found_in("code 72951!"));
    CHECK(finder.found_in("3732393531"));
    CHECK_FALSE(finder.found_in("a text of 0123456789abcdef and 1234567890123456788 that is harmless"));
    CHECK_FALSE(finder.found_in(""));
    test::leak_finder words;
    words.add(as_bytes("a secret of words"));
    CHECK(words.found_in("YSBzZWNyZXQgb2Ygd29yZHM="));
    CHECK(words.found_in("IHNlY3JldCBvZiB3b3Jkcw"));
}

TEST_CASE("a login with wrong answers and a download with failures tell no secret") {
    run_options how;
    how.encrypted = true;
    how.faults = {"wrong-msg-key@getFile:2", "close@getFile:4", "internal@getFile:5",
                  "flood-wait=2@getFile:6", "close@getConfig"};
    CHECK(keeps_secrets(std::move(how), true) > 3);
}

TEST_CASE("what ends a client tells no secret") {
    for (const char* fault :
         {"wrong-nonce@req_pq_multi:1x0", "wrong-fingerprint@req_pq_multi:1x0",
          "dh-fail@set_client_DH_params:1x0", "wrong-hash@req_DH_params:1x0",
          "transport-error=404@getConfig:1x0", "transport-error=429@getConfig:1x0",
          "rpc-error=400 API_ID_INVALID@sendCode", "rpc-error=406 AUTH_KEY_DUPLICATED@signIn",
          "rpc-error=400 SRP_ID_INVALID@checkPassword:1x0",
          "rpc-error=401 AUTH_KEY_UNREGISTERED@resolveUsername:1x0", "short-part=7@getFile:1x0",
          "silence@getConfig:1x0"}) {
        CAPTURE(fault);
        run_options how;
        how.faults = {fault};
        CHECK(keeps_secrets(std::move(how), false) > 0);
    }
}

TEST_CASE("proxies that refuse tell no secret") {
    proxy by;
    by.type = proxy::kind::mtproxy;
    by.host = "127.0.0.1";
    by.secret = tls_secret;
    run_options right;
    right.through = by;
    right.proxy_secret = tls_secret;
    keeps_secrets(std::move(right), true);
    run_options wrong;
    wrong.through = by;
    wrong.proxy_secret = "ee" + std::string(32, '7') + "6578616d706c652e6f7267";
    CHECK(keeps_secrets(std::move(wrong), false) > 0);
    run_options nobody;
    nobody.through = by;
    nobody.through->type = proxy::kind::socks5;
    nobody.through->secret.clear();
    nobody.through->port = 1;
    nobody.through->user = "somebody";
    nobody.through->password = password;
    CHECK(keeps_secrets(std::move(nobody), false) > 0);
}
