// What of help.getConfig is taken.
#include "client/server_config.hpp"

#include <mtproto/tl_api.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mtproto;
using core::server_config;

namespace {

tl::dcOption option(int dc, std::string host, int port = 443) {
    tl::dcOption made;
    made.id = dc;
    made.ip_address = std::move(host);
    made.port = port;
    made.this_port_only = true;
    return made;
}

std::vector<std::string> hosts(const std::vector<io::endpoint>& list) {
    std::vector<std::string> made;
    for (const io::endpoint& each : list)
        made.push_back(each.host);
    return made;
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("addresses are sorted by what they are for: calls, files, a CDN") {
    tl::config fetched;
    fetched.dc_options = {option(2, "1.1.1.1"), option(2, "2.2.2.2"), option(203, "3.3.3.3")};
    fetched.dc_options[1].media_only = true;
    fetched.dc_options[2].cdn = true;
    server_config known({});
    known.update(fetched, false);
    CHECK(hosts(known.addresses.addresses(2)) == list{"1.1.1.1"});
    CHECK(hosts(known.addresses.media_addresses(2)) == list{"2.2.2.2"});
    CHECK_FALSE(known.addresses.knows(203));
    CHECK(hosts(known.cdn_addresses.addresses(203)) == list{"3.3.3.3"});
    CHECK_FALSE(known.cdn_addresses.knows(2));
}

TEST_CASE("an address with a secret, or with a port that is none, is not taken") {
    tl::config fetched;
    fetched.dc_options = {option(2, "1.1.1.1"), option(2, "2.2.2.2", 0), option(2, "3.3.3.3", 65536),
                          option(2, "4.4.4.4", 65535)};
    fetched.dc_options[0].secret = bytes::copy("secret");
    server_config known({});
    known.update(fetched, false);
    CHECK(hosts(known.addresses.addresses(2)) == list{"4.4.4.4"});
}

TEST_CASE("protocol 1.7: an address for obfuscated connections only is for those") {
    tl::config fetched;
    fetched.dc_options = {option(2, "1.1.1.1"), option(2, "2.2.2.2")};
    fetched.dc_options[0].tcpo_only = true;
    server_config plain({}), obfuscated({});
    plain.update(fetched, false);
    obfuscated.update(fetched, true);
    CHECK(hosts(plain.addresses.addresses(2)) == list{"2.2.2.2"});
    CHECK(hosts(obfuscated.addresses.addresses(2)) == list{"1.1.1.1", "2.2.2.2"});
}

TEST_CASE("protocol 8.7: a key has one session unless the servers allow it more") {
    server_config known({});
    CHECK(known.sessions_per_key == 1);
    tl::config fetched;
    fetched.tmp_sessions = 4;
    known.update(fetched, false);
    CHECK(known.sessions_per_key == 4);
    for (const std::optional<int> few :
         {std::optional<int>(), std::optional<int>(0), std::optional<int>(-3)}) {
        fetched.tmp_sessions = few;
        known.update(fetched, false);
        CHECK(known.sessions_per_key == 1);
    }
}
