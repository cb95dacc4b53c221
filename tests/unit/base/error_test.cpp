// The texts that people read when something fails.
#include <mtproto/error.hpp>

#include <doctest/doctest.h>

using namespace mtproto;

TEST_CASE("a failure of a request says code, name, value, method and data centre") {
    failure flood(errc::rpc_error);
    flood.rpc_code = 420;
    flood.rpc_type = "FLOOD_WAIT";
    flood.value = 42;
    flood.method = "upload.getFile";
    flood.dc = 4;
    CHECK(flood.message() == "420 FLOOD_WAIT_42 in upload.getFile at DC 4");
}

TEST_CASE("a detail that only repeats the code's text is not said twice") {
    failure broken(errc::bad_message_key, make_error_code(errc::bad_message_key).message());
    broken.method = "help.getConfig";
    broken.dc = 2;
    CHECK(broken.message() == "a packet does not verify in help.getConfig at DC 2");
}

TEST_CASE("every code has a text of its own") {
    for (int code = static_cast<int>(errc::truncated); code <= static_cast<int>(errc::account_in_use);
         ++code) {
        CAPTURE(code);
        CHECK(make_error_code(static_cast<errc>(code)).message() != "unknown error");
    }
    CHECK(make_error_code(static_cast<errc>(9999)).message() == "unknown error");
}

TEST_CASE("an outcome without a value throws the library's error, with all that is known") {
    const outcome<int> failed(failure(errc::io_failed, "/nowhere: no such file"));
    try {
        (void)failed.value();
        FAIL("value() returned");
    } catch (const error& thrown) {
        CHECK(thrown.code() == errc::io_failed);
        CHECK(thrown.info().detail == "/nowhere: no such file");
        CHECK(std::string_view(thrown.what()) == "a file operation failed: /nowhere: no such file");
    }
}
