// File traffic of accounts at data centres.
#include "localdc/transfer_table.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::localdc;

TEST_CASE("each account has its limits at each data centre by itself") {
    traffic::server_rules rules;
    rules.flood.bytes = {1000, 1000};
    transfer_table table(rules);
    CHECK(&table.of(1, 7, 0) == &table.of(1, 7, 0));
    CHECK_FALSE(table.of(1, 7, 0).limits.ask(time_point{}, 1000));
    CHECK(table.of(1, 7, 0).limits.ask(time_point{}, 1000));
    CHECK_FALSE(table.of(2, 7, 0).limits.ask(time_point{}, 1000));
    CHECK_FALSE(table.of(1, 8, 0).limits.ask(time_point{}, 1000));
}

TEST_CASE("a connection that has ended counts for no account") {
    transfer_table table(traffic::server_rules{});
    table.of(1, 7, 0).connections = {1, 2};
    table.of(2, 8, 0).connections = {2};
    table.forget(2);
    CHECK(table.of(1, 7, 0).connections == std::set<std::int64_t>{1});
    CHECK(table.of(2, 8, 0).connections.empty());
}
