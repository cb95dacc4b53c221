// The small machines inside a session: salts and the replay window.
#include "session/replay_window.hpp"
#include "session/salt_book.hpp"
#include "session/sent_log.hpp"
#include "session/service_log.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::session;
using namespace std::chrono_literals;

TEST_CASE("protocol 4.4: the window remembers the largest 1000 ids") {
    replay_window window;
    for (std::int64_t id = 1; id <= 2000; id += 2)
        CHECK(window.admit(id) == replay_window::verdict::fresh);
    CHECK(window.admit(1001) == replay_window::verdict::duplicate);
    CHECK(window.admit(1000) == replay_window::verdict::fresh);  // the hole; 1 is forgotten for it
    CHECK(window.smallest() == 3);
    CHECK(window.largest() == 1999);
    CHECK(window.admit(1) == replay_window::verdict::too_old);
    CHECK(window.judge(2001) == replay_window::verdict::fresh);
    CHECK_FALSE(window.seen(2001));
}

TEST_CASE("protocol 4.4: a window that is not full takes any id not seen") {
    replay_window window;
    window.admit(100);
    CHECK(window.admit(1) == replay_window::verdict::fresh);
    CHECK(window.admit(1) == replay_window::verdict::duplicate);
}

TEST_CASE("protocol 5.9: the next salt is taken up when its time has safely come") {
    salt_book book(std::vector{salt{1, 0, 1800}, salt{2, 1800, 3600}, salt{3, 3600, 5400}});
    CHECK(book.current(1000s) == 1);
    CHECK(book.current(1830s) == 1);  // the old one lives half an hour longer
    CHECK(book.current(1860s) == 2);
    CHECK(book.current(9999s) == 3);
    CHECK(book.known().size() == 1);
}

TEST_CASE("an empty book has the salt 0 and asks for more") {
    salt_book book;
    CHECK(book.current(1s) == 0);
    CHECK(book.runs_out(1s, 1h));
    CHECK(book.replace(5, 1s));
    CHECK(book.current(1s) == 5);
}

TEST_CASE("protocol 5.4: the salt that the server names is used, even out of turn") {
    salt_book book(std::vector{salt{1, 0, 1800}, salt{2, 1800, 3600}, salt{3, 3600, 5400}});
    CHECK_FALSE(book.replace(1, 100s));
    CHECK(book.replace(2, 100s));
    CHECK(book.current(100s) == 2);
    CHECK(book.replace(9, 100s));
    CHECK(book.current(100s) == 9);
    CHECK(book.current(3700s) == 3);
}

TEST_CASE("a salt 0 that the server names is a salt like any other") {
    salt_book book;
    CHECK(book.replace(0, 1s));
    CHECK(book.known().size() == 1);
}

TEST_CASE("protocol 5.9: future salts give the one in use its dates, and the past is left out") {
    salt_book book(2);
    CHECK(book.runs_out(100s, 1h));
    book.add({salt{3, 3600, 5400}, salt{1, 0, 50}, salt{2, 0, 3600}, salt{7, 90, 80}}, 100s);
    CHECK(book.known() == std::vector{salt{2, 0, 3600}, salt{3, 3600, 5400}});
    CHECK_FALSE(book.runs_out(100s, 1h));
    CHECK(book.runs_out(2000s, 1h));
}

TEST_CASE("protocol 5.9: a salt in use that the server does not list lasts until the next one's time") {
    salt_book book(8);
    book.add({salt{3, 3600, 5400}}, 100s);
    CHECK(book.current(200s) == 8);
    CHECK(book.current(4000s) == 3);
}

TEST_CASE("an empty answer changes nothing") {
    salt_book book(8);
    book.add({}, 100s);
    CHECK(book.current(100s) == 8);
}

TEST_CASE("the log of sent ids forgets the oldest") {
    sent_log log;
    for (std::int64_t id = 0; id <= 4 * 4096; id += 4)
        log.add(id);
    CHECK_FALSE(log.contains(0));
    CHECK(log.contains(4));
    CHECK(log.contains(4 * 4096));
    CHECK_FALSE(log.contains(5));
}

TEST_CASE("the log of service messages forgets the oldest of a kind, and none of another") {
    service_log log;
    log.add({service::state_question, 4, 8, {1}, {}});
    for (std::int64_t id = 12; id < 12 + 4 * 65; id += 4)
        log.add({service::acks, id, id, {id}, {}});
    CHECK(log.take_refused(12).empty());
    CHECK(log.take_refused(16).size() == 1);
    CHECK(log.take_refused(16).empty());
    CHECK_FALSE(log.take_answered(4, service::resend_question));
    CHECK(log.take_answered(4, service::state_question)->ids == std::vector<std::int64_t>{1});
    CHECK(log.take_refused(8).empty());
}
