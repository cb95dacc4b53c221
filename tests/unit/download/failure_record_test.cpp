// The one error that a download ends by, and how often it may be mended.
#include "download/failure_record.hpp"

#include "unit/download/fake_source.hpp"

#include <doctest/doctest.h>

using namespace download_test;
using download::failure_record;

TEST_CASE("three repairs in a row are allowed, and three more after a good part or a seek") {
    failure_record record;
    const auto repairs = [&] {
        int allowed = 0;
        while (record.may_repair())
            ++allowed;
        return allowed;
    };
    CHECK(repairs() == 3);
    record.part_came();
    CHECK(repairs() == 3);
    record.begin_anew();
    CHECK(repairs() == 3);
}

TEST_CASE("a download ends by its latest failure; a seek forgets that") {
    failure_record record;
    CHECK_FALSE(record.end());
    record.lost(failure(errc::connection_closed));
    record.note(failure(errc::short_part, "99 bytes"));
    record.give_up();
    REQUIRE(record.end());
    CHECK(record.end()->code == errc::short_part);
    CHECK(record.end()->detail == "99 bytes");
    record.begin_anew();
    CHECK_FALSE(record.end());
}

TEST_CASE("where most packets were damaged, that is the error; good parts are proof of the contrary") {
    failure_record record;
    record.lost(failure(errc::bad_message_key));
    record.lost(failure(errc::bad_frame));
    record.lost(failure(errc::connection_closed));
    record.give_up();
    CHECK(record.end()->code == errc::bad_message_key);

    record.part_came();
    record.lost(failure(errc::connection_closed));
    record.give_up();
    CHECK(record.end()->code == errc::connection_closed);
}

TEST_CASE("a download of which not a byte came says so, and what failed last") {
    failure_record record;
    record.stalled(60s);
    CHECK(record.latest().code == errc::timed_out);
    CHECK(record.latest().detail == "not a byte of the file came for 60 s");
    record.lost(rpc_failure(500, "INTERNAL"));
    record.stalled(60s);
    CHECK(record.latest().is("INTERNAL"));
}
