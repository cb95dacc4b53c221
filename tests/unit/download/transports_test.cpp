// A file over every framing, plain and obfuscated, direct and through each kind of proxy, in virtual time.
#include "client/account_connections.hpp"
#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "localdc/access.hpp"
#include "unit/net/socks5_proxy.hpp"
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

constexpr std::size_t small_size = 300'001;  // no whole number of parts
const io::endpoint socks_at{"127.0.0.1", 1080};

const std::string& contents() {
    static const std::string data = test::file_of(small_size);
    return data;
}

const std::string plain_secret = "00112233445566778899aabbccddeeff";
const std::string padded_secret = "dd" + plain_secret;
const std::string fake_tls_secret = "ee" + plain_secret + "6578616d706c652e6f7267";  // example.org

struct way {
    transport over = transport::intermediate;
    bool obfuscated = false;
    std::optional<proxy::kind> through = std::nullopt;
    std::string secret = {};         ///< of the client
    std::string proxy_secret = {};   ///< of the cluster
    std::string user = {};           ///< of a SOCKS5 proxy and its client
    std::string host = "127.0.0.1";  ///< of the cluster
};

class behind_proxies {
  public:
    explicit behind_proxies(const way& how) : world_(random_) {
        std::string name = (fs::temp_directory_path() / "mtproto-transports-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        std::ofstream(folder_ / "one.bin", std::ios::binary) << contents();
        local_dc_options options;
        options.folder = folder_.string();
        options.host = how.host;
        options.proxy_secret = how.proxy_secret;
        servers_.emplace(
            local_dc_access::make(world_.make_environment(), std::move(options), test::key_of_cluster()));
        servers_->start();
        test::socks5_proxy::rules rules;
        rules.user = how.user;
        rules.password = how.user.empty() ? "" : "password";
        socks_.emplace(world_, socks_at, rules);
        config settings;
        settings.api.id = 1;
        settings.api.hash = "hash";
        settings.transport = how.over;
        settings.obfuscated = how.obfuscated;
        if (how.through) {
            proxy& by = settings.proxy.emplace();
            by.type = *how.through;
            by.host = socks_at.host;
            by.port = by.type == proxy::kind::socks5 ? socks_at.port : servers_->info().proxy_port;
            by.secret = how.secret;
            by.user = how.user;
            by.password = rules.password;
        }
        settings.servers = test::servers_of(servers_->info());
        client_.emplace(core::account_connections::make(world_.make_environment(), std::move(settings)));
    }
    ~behind_proxies() {
        client_.reset();
        world_.settle();
        socks_.reset();
        servers_.reset();
        world_.settle();
        fs::remove_all(folder_);
    }

    /// Logs in and downloads; nothing when that goes well.
    std::optional<failure> failure_of_download() {
        std::optional<failure> met;
        world_.run(download_all(*client_, servers_->info(), met));
        return met;
    }
    const std::vector<std::string>& asked_of_socks() const { return socks_->asked(); }

  private:
    static io::awaitable<void> download_all(client& tg, const local_dc_info& about,
                                            std::optional<failure>& met) {
        std::string got;
        try {
            co_await tg.connect();
            co_await tg.login_bot("1:token");
            const std::string link = "https://t.me/demo/" + std::to_string(about.messages.at(0).id);
            const media file = co_await tg.resolve(link);
            CHECK(file.dc != about.home_dc);
            byte_stream stream = tg.open(file);
            while (const std::optional<chunk> part = co_await stream.next())
                got += part->data.text();
            CHECK((got == contents()));
        } catch (const error& thrown) {
            met = thrown.info();
        }
    }

    crypto::seeded_random random_{5};
    io::simulation world_;
    fs::path folder_;
    std::optional<local_dc> servers_;
    std::optional<test::socks5_proxy> socks_;
    std::optional<client> client_;
};

void works(const way& how) {
    CAPTURE(static_cast<int>(how.over));
    CAPTURE(how.obfuscated);
    CAPTURE(how.secret);
    behind_proxies all(how);
    const std::optional<failure> met = all.failure_of_download();
    CHECK_MESSAGE(!met, (met ? met->message() : std::string()));
    CHECK(all.asked_of_socks().empty() == (how.through != proxy::kind::socks5));
}

failure fails(const way& how) {
    CAPTURE(how.secret);
    CAPTURE(how.proxy_secret);
    behind_proxies all(how);
    const std::optional<failure> met = all.failure_of_download();
    REQUIRE(met);
    return *met;
}

bool says(const failure& what, std::string_view words) {
    INFO(what.message());
    return what.message().find(words) != std::string::npos;
}

constexpr transport tagged[] = {transport::intermediate, transport::abridged, transport::padded_intermediate};

}  // namespace

TEST_CASE("protocol 1.7: a file over each framing, obfuscated") {
    for (const transport over : tagged)
        works({.over = over, .obfuscated = true});
}

TEST_CASE("protocol 1.12: a file through a SOCKS5 proxy over each framing, plain and obfuscated") {
    for (const transport over : tagged)
        works({.over = over, .obfuscated = true, .through = proxy::kind::socks5, .user = "me"});
    for (const transport over : {transport::abridged, transport::full})
        works({.over = over, .through = proxy::kind::socks5});
}

TEST_CASE("protocol 1.8: a file through an MTProxy over each framing, with a secret of each kind") {
    for (const transport over : tagged) {
        way how{.over = over,
                .through = proxy::kind::mtproxy,
                .secret = plain_secret,
                .proxy_secret = plain_secret};
        works(how);
        how.secret = how.proxy_secret = padded_secret;
        works(how);
        how.secret = how.proxy_secret = fake_tls_secret;
        works(how);
    }
    // A proxy with a plain secret takes padded packets, too.
    works({.through = proxy::kind::mtproxy, .secret = padded_secret, .proxy_secret = plain_secret});
    // The framing is the proxy's to choose, then.
    works({.over = transport::full,
           .through = proxy::kind::mtproxy,
           .secret = padded_secret,
           .proxy_secret = padded_secret});
}

TEST_CASE("protocol 1.13: a cluster on IPv6, directly and through proxies") {
    works({.host = "::1"});
    works({.obfuscated = true, .through = proxy::kind::socks5, .host = "::1"});
}

TEST_CASE("protocol 1.8: a secret that is not the proxy's, and one of another kind, get no connection") {
    const std::string other = "00112233445566778899aabbccddee00";
    const auto through = [](std::string secret, std::string proxy_secret) {
        way how;
        how.through = proxy::kind::mtproxy;
        how.secret = std::move(secret);
        how.proxy_secret = std::move(proxy_secret);
        return fails(how);
    };
    for (const auto& [secret, proxy_secret] :
         {std::pair(other, plain_secret), std::pair(plain_secret, padded_secret),
          std::pair("dd" + other, padded_secret)}) {
        const failure why = through(secret, proxy_secret);
        CHECK(why.code == errc::connection_closed);
        CHECK(says(why, "the MTProxy 127.0.0.1:"));
    }
    for (const std::string& secret :
         {"ee" + other + "6578616d706c652e6f7267", "ee" + plain_secret + "6578616d706c652e636f6d"}) {
        const failure why = through(secret, fake_tls_secret);
        CHECK(why.code == errc::proxy_failed);
        CHECK(says(why, "closes the connection: is the secret right"));
    }
    CHECK(through(plain_secret, fake_tls_secret).code == errc::connection_closed);
}

TEST_CASE("what the configuration says wrong about the way is told at once") {
    const failure full = fails({.over = transport::full, .obfuscated = true});
    CHECK(full.code == errc::bad_argument);
    CHECK(says(full, "full framing cannot be obfuscated"));
    way how;
    how.through = proxy::kind::mtproxy;
    how.proxy_secret = plain_secret;
    how.secret = "no secret";
    CHECK(says(fails(how), "secret is none"));
    how.secret = plain_secret;
    how.over = transport::full;
    CHECK(says(fails(how), "full framing cannot be obfuscated"));
    how.over = transport::intermediate;
    how.proxy_secret = "";  // so that its port is 0
    CHECK(says(fails(how), "no port"));
}
