// Answers that take the server long.
#include "localdc/slow_answers.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::localdc;
using namespace std::chrono_literals;

namespace {

constexpr time_point slow_start{};

slow_answers::slow_answer answer(const std::shared_ptr<server_session>& session, std::int64_t query) {
    return {{nullptr, session}, answer_for(query, bytes::copy("none"))};
}

}  // namespace

TEST_CASE("slow answers go out when they are due, the earliest first") {
    const auto session = std::make_shared<server_session>(1, 1);
    slow_answers slow;
    CHECK_FALSE(slow.next());
    slow.add(answer(session, 1), slow_start + 2s);
    slow.add(answer(session, 2), slow_start + 1s);
    CHECK(slow.next() == slow_start + 1s);
    CHECK_FALSE(slow.take_due(slow_start));
    CHECK(slow.take_due(slow_start + 5s)->content.req_msg_id == 2);
    CHECK(slow.take_due(slow_start + 5s)->content.req_msg_id == 1);
    CHECK_FALSE(slow.take_due(slow_start + 5s));
    CHECK(session->take_undelivered().empty());
}

TEST_CASE("a slow answer can be dropped by its session alone, and with all of its session") {
    const auto session = std::make_shared<server_session>(1, 1);
    const auto other = std::make_shared<server_session>(2, 2);
    slow_answers slow;
    slow.add(answer(session, 1), slow_start);
    slow.add(answer(session, 2), slow_start + 1s);
    slow.add(answer(other, 3), slow_start + 2s);
    CHECK_FALSE(slow.drop_answer(*other, 1));
    CHECK(slow.drop_answer(*session, 1));
    CHECK_FALSE(slow.drop_answer(*session, 1));
    CHECK(slow.next() == slow_start + 1s);
    slow.drop_session(*session);
    CHECK(slow.next() == slow_start + 2s);
}

TEST_CASE("slow answers of a connection that ends wait in their session for the next one") {
    const auto session = std::make_shared<server_session>(1, 1);
    {
        slow_answers slow;
        slow.add(answer(session, 7), slow_start);
    }
    const auto left = session->take_undelivered();
    REQUIRE(left.size() == 1);
    CHECK(left.front().req_msg_id == 7);
}
