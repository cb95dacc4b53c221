// The function of a scope runs once, at the end, also when the scope ends by an exception.
#include "base/scope_exit.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using mtproto::scope_exit;

TEST_CASE("scope_exit: runs in the opposite order of the guards, at the end of their scope") {
    std::string order;
    {
        const scope_exit first([&] { order += "1"; });
        const scope_exit second([&] { order += "2"; });
        CHECK(order.empty());
    }
    CHECK(order == "21");
}

TEST_CASE("scope_exit: runs when an exception ends the scope") {
    bool ended = false;
    try {
        const scope_exit guard([&] { ended = true; });
        throw std::runtime_error("over");
    } catch (const std::runtime_error&) {
        CHECK(ended);
    }
    CHECK(ended);
}
