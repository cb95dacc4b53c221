// Addresses of data centres.
#include "client/dc_table.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using core::dc_option;
using core::dc_table;

namespace {

dc_option told(int dc, std::string host, bool media = false, bool this_port_only = true,
               std::uint16_t port = 443) {
    dc_option made;
    made.dc = dc;
    made.endpoint.host = std::move(host);
    made.endpoint.port = port;
    made.ipv6 = made.endpoint.host.find(':') != std::string::npos;
    made.media_only = media;
    made.this_port_only = this_port_only;
    return made;
}

std::vector<std::string> texts(const std::vector<io::endpoint>& list) {
    std::vector<std::string> made;
    for (const io::endpoint& each : list)
        made.push_back(to_string(each));
    return made;
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("built-in data centres 2.14: five, IPv4 first, then the other ports, no media addresses yet") {
    const dc_table table(cluster::production().addresses);
    CHECK(texts(table.addresses(2)) == list{"149.154.167.51:443", "[2001:67c:4e8:f002::a]:443",
                                            "149.154.167.51:80", "149.154.167.51:5222",
                                            "[2001:67c:4e8:f002::a]:80", "[2001:67c:4e8:f002::a]:5222"});
    for (int dc = 1; dc <= 5; ++dc) {
        CHECK(table.addresses(dc).size() == 6);
        CHECK(table.media_addresses(dc).empty());
    }
    CHECK_FALSE(table.knows(6));
    CHECK(cluster::test_servers().test);
    CHECK(dc_table(cluster::test_servers().addresses).knows(3));
}

TEST_CASE("what the server tells takes the place of what was built in, for the data centres it names") {
    dc_table table(cluster::production().addresses);
    table.update({told(2, "2001:db8::2"), told(2, "10.0.0.2"), told(2, "10.0.1.2", true)});
    CHECK(texts(table.addresses(2)) == list{"10.0.0.2:443", "[2001:db8::2]:443"});
    CHECK(texts(table.media_addresses(2)) == list{"10.0.1.2:443"});
    CHECK(texts(table.addresses(1)).front() == "149.154.175.50:443");
    CHECK(table.addresses(1).size() == 6);
}

TEST_CASE("an address that is named twice, as a static one too, is tried once") {
    dc_table table({});
    table.update({told(2, "10.0.0.2", false, false), told(2, "10.0.0.2", false, false),
                  told(2, "10.0.1.2", true), told(2, "10.0.1.2", true),
                  told(2, "10.0.0.2", false, true, 80)});
    CHECK(texts(table.addresses(2)) == list{"10.0.0.2:443", "10.0.0.2:80", "10.0.0.2:5222"});
    CHECK(texts(table.media_addresses(2)) == list{"10.0.1.2:443"});
}

TEST_CASE("a cluster of one's own is where it says, and on no other port") {
    std::vector<dc_address> own(2);
    for (dc_address& each : own) {
        each.dc = 1;
        each.host = "127.0.0.1";
        each.port = 8443;
    }
    CHECK(texts(dc_table(own).addresses(1)) == list{"127.0.0.1:8443"});
}

TEST_CASE("ports 1.13: others are tried after all that were named, unless this port is the only one") {
    dc_table table({});
    table.update({told(1, "10.0.0.1", false, false), told(1, "10.0.0.9", false, true),
                  told(1, "10.0.0.7", false, false, 8443)});
    CHECK(texts(table.addresses(1)) ==
          list{"10.0.0.1:443", "10.0.0.9:443", "10.0.0.7:8443", "10.0.0.1:80", "10.0.0.1:5222"});
}

TEST_CASE("a data centre that is named with a media address alone keeps its general ones") {
    dc_table table(cluster::production().addresses);
    table.update({told(4, "10.0.1.4", true)});
    CHECK(table.addresses(4).size() == 6);
    CHECK(table.media_addresses(4).size() == 1);
}
