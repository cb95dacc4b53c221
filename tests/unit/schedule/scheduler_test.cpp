// The scheduler's decisions as pictures of parts over time.
#include "picture.hpp"

#include <doctest/doctest.h>

using namespace schedule_test;

TEST_CASE("a sliding window: every part that arrives makes room for the next, with no barrier") {
    picture p;
    CHECK(p.drawn() == "0101........");
    CHECK(p.doings() == "+0 +1 ");
    p.now += 100ms;
    CHECK(p.got(2) == "01#10.......");
    CHECK(p.got(1) == "0##101......");
    CHECK(p.got(3) == "0###011.....");
}

TEST_CASE("parts arrive in any order and are delivered strictly in order") {
    picture p;
    CHECK(p.got(3).substr(0, 4) == "010#");
    CHECK(p.got(1).substr(0, 4) == "0#0#");
    CHECK(p.got(0).substr(0, 4) == "==0#");
    CHECK(p.got(2).substr(0, 4) == "====");
}

TEST_CASE("back-pressure: no part is asked for beyond the read-ahead, whatever has arrived") {
    picture::options how;
    how.read_ahead_cells = 4;
    picture p(how);
    CHECK(p.drawn() == "0101........");
    p.got(0);
    p.got(1);
    p.got(2);
    CHECK(p.got(3) == "====........");
    CHECK(p.machine->held() == 4 * cell);
    CHECK(p.read_to(1) == "-===0.......");
    CHECK(p.read_to(3) == "---=010.....");
}

TEST_CASE("a failed part is asked for again before anything new, when its time has come") {
    picture::options how;
    how.in_flight = 1;
    picture p(how);
    CHECK(p.drawn() == "01..........");
    CHECK(p.failed(0, part_failure::retry, 2s) == "x10.........");
    CHECK(p.machine->wakeup(p.now) == p.now + 2s);
    CHECK(p.pass(1s) == "x10.........");
    CHECK(p.pass(1s) == "x10.........");  // due, but no connection is free
    CHECK(p.got(1) == "1#0.........");
}

TEST_CASE("a part that fails too often ends the download, and what was delivered stays") {
    picture p;
    p.got(0);
    for (int i = 0; i < 6; ++i) {
        CHECK(p.drawn()[1] != 'x');
        CHECK(p.machine->attempts(p.under_way(1)) == i);
        p.failed(1, part_failure::retry);
    }
    CHECK(p.doings() == "+0 +1 ");
    CHECK(p.failed(1, part_failure::retry) == "=xxxx.......");
    CHECK(p.doings() == "!");
    CHECK(p.machine->failed());
    CHECK(p.machine->held() == cell);
    CHECK(p.pass(1h) == "=xxxx.......");
    CHECK(p.seek(4).substr(4, 4) == "0101");  // a seek begins anew
}

TEST_CASE("a fatal failure ends the download at once") {
    picture p;
    CHECK(p.failed(2, part_failure::fatal) == "xxxx........");
    CHECK(p.machine->failed());
    CHECK(p.machine->held() == 0);
}

TEST_CASE(
    "a short or long part is asked for once more, over another connection only, then the download ends") {
    picture::options how;
    how.in_flight = 1;
    picture p(how);
    CHECK(p.failed(0, part_failure::wrong_length) == "x10.........");  // connection 0 is free, for others
    CHECK(p.got(1) == "1#0.........");
    CHECK(p.failed(0, part_failure::wrong_length) == "xxx.........");
    CHECK(p.machine->failed());
}

TEST_CASE("with one connection alone, a short part is asked for again over the same") {
    picture::options how;
    how.connections = 1;
    picture p(how);
    CHECK(p.failed(0, part_failure::wrong_length).substr(0, 3) == "00.");
    CHECK(p.requests == 3);
    CHECK(p.got(0).substr(0, 3) == "=00");
}

TEST_CASE("a lost connection's parts move to the others at once, and it is opened again when told") {
    picture::options how;
    how.cells = 6;
    picture p(how);
    CHECK(p.drawn() == "0101..");
    p.doings();
    how.up = false;
    CHECK(p.lost(0, 5s) == "x1x1..");
    CHECK(p.got(1) == "1#x1..");
    CHECK(p.got(3) == "1#1#..");
    CHECK(p.doings() == "");
    CHECK(p.machine->wakeup(p.now) == p.now + 5s);
    CHECK(p.pass(5s) == "1#1#0.");  // it has to show first that it is back
    CHECK(p.doings() == "?1 +0 ");  // nothing came over 1 for as long
    CHECK(p.got(4) == "1#1##0");
}

TEST_CASE("a connection that comes and goes and brings nothing is no part's fault while another one serves") {
    picture p;
    CHECK(p.got(1) == "0#011.......");
    CHECK(p.lost(0) == "x#x110......");  // what was lost waits for 1, and 0 has to show first that it is back
    p.pass(4s);
    CHECK(p.got(3) == "1#x#10......");
    CHECK(p.lost(0) == "1#x#1x0.....");
    p.pass(4s);
    CHECK(p.got(0) == "==1#1x0.....");
    CHECK(p.lost(0) == "==1#1xx0....");
    p.pass(4s);
    CHECK(p.got(2) == "====11x0....");
    p.lost(0);
    p.pass(4s);
    CHECK(p.got(4) == "=====11x0...");
    CHECK(p.lost(0) == "=====11xx0..");  // five losses in 16 s
    CHECK_FALSE(p.machine->failed());
}

TEST_CASE("connections that can never be opened end the download") {
    picture::options how;
    how.up = false;
    how.connections = 1;
    picture p(how);
    for (int i = 0; i < 5; ++i) {
        CHECK(p.doings() == "+0 ");
        p.lost(0, 1s);
        CHECK(p.doings() == "");
        p.pass(1s);
    }
    CHECK(p.doings() == "+0 ");
    p.lost(0, 1s);
    CHECK(p.doings() == "!");
}

TEST_CASE("one outage that several connections tell of, one after the other, is one loss of each part") {
    picture p;
    CHECK(p.drawn() == "0101........");
    p.comes_up(false);
    CHECK(p.lost(0, 5s) == "x1x1........");
    p.got(1);
    CHECK(p.got(3) == "1#1#........");  // both have moved
    p.now += 14s;
    CHECK(p.lost(1, 5s) == "x#x#........");
    CHECK_FALSE(p.machine->failed());
    p.comes_up(true);
    CHECK(p.pass(5s).substr(0, 4) == "0#1#");
    p.comes_up(false);
    p.lost(0, 5s);
    CHECK(p.machine->failed());  // 19 s after the first loss: that is another outage
}

TEST_CASE("a seek after all connections were given up opens them again") {
    picture::options how;
    how.up = false;
    picture p(how);
    for (int i = 0; i < 6; ++i) {
        p.lost(0, 1s);
        p.lost(1, 1s);
        p.pass(1s);
    }
    CHECK(p.machine->failed());
    CHECK_FALSE(p.machine->wakeup(p.now));
    p.doings();
    p.comes_up(true);
    CHECK(p.seek(0).substr(0, 4) == "0101");
    CHECK(p.doings() == "+0 +1 ");
}

TEST_CASE("a seek after a connection could not be opened at all opens it again") {
    picture::options how;
    how.up = false;
    picture p(how);
    CHECK(p.doings() == "+0 +1 ");
    p.never_opens(0);
    CHECK(p.doings() == "!");
    p.never_opens(1);
    CHECK(p.doings() == "");  // failed once already
    p.comes_up(true);
    CHECK(p.seek(0).substr(0, 4) == "0101");
    CHECK(p.doings() == "+0 +1 ");
}

TEST_CASE("no more connections are opened than there are parts") {
    picture::options how;
    how.cells = 2;
    how.connections = 4;
    picture p(how);
    CHECK(p.doings() == "+0 +1 ");
    CHECK(p.drawn() == "01");
}

TEST_CASE("a flood wait: nothing goes out until its end, then one probe, then all") {
    picture p;
    CHECK(p.flooded(1, 10s) == "0x01........");
    CHECK(p.got(0) == "=x01........");  // answers that were under way come in, nothing new goes out
    CHECK(p.got(2) == "=x#1........");
    CHECK(p.machine->wakeup(p.now) == p.now + 10s);
    CHECK(p.pass(9999ms) == "=x#1........");
    CHECK(p.pass(1ms) == "=0#1........");  // the probe, alone
    CHECK(p.got(3) == "=0##........");     // an older answer is no proof
    CHECK(p.machine->wakeup(p.now).value() >=
          p.now + 5s);  // only to see whether the probe's connection is dead
    p.now += 50ms;
    CHECK(p.got(1) == "====0011....");
}

TEST_CASE("a flood wait on the probe starts another wait, and floods never use up the retry budget") {
    picture p;
    CHECK(p.flooded(0, 1s) == "x101........");
    for (int round = 0; round < 100; ++round) {
        const std::string before = p.pass(1s);
        REQUIRE(before[0] == '0');
        REQUIRE(p.flooded(0, 1s)[0] == 'x');
    }
    CHECK_FALSE(p.machine->failed());
    p.pass(1s);
    p.got(0);
    CHECK(p.drawn()[0] == '=');
}

TEST_CASE("the longest of several flood waits holds, also when a shorter one comes later") {
    picture p;
    p.flooded(0, 10s);
    p.flooded(1, 3s);
    CHECK(p.pass(9s) == "xx01........");
    CHECK(p.pass(1s) == "0x01........");
}

TEST_CASE("two downloads of one account share one flood deadline and one probe") {
    flood_gate gate;
    picture::options how;
    how.gate = &gate;
    how.cells = 8;
    picture a(how);
    picture b(how);
    a.flooded(0, 5s);
    CHECK(b.wakes > 0);
    CHECK(b.got(0) == "=101....");  // b may not either
    a.now = b.now;
    CHECK(a.pass(5s) == "0101....");
    CHECK(b.pass(5s) == "=101....");  // a's probe is out
    b.wakes = 0;
    a.got(0);
    CHECK(b.wakes == 1);
    CHECK(b.pass(0s) == "=1010...");
}

TEST_CASE("a probe that is dropped leaves its place to another") {
    flood_gate gate;
    picture::options how;
    how.gate = &gate;
    picture a(how);
    picture b(how);
    a.flooded(0, 5s);
    b.got(0);
    a.pass(5s);
    CHECK(gate.probing());
    a.seek(12);  // the end
    CHECK_FALSE(gate.probing());
    CHECK(b.pass(5s)[4] == '0');
    CHECK(gate.probing());
    b.machine.reset();
    CHECK_FALSE(gate.probing());
}

TEST_CASE("a flood wait, and a probe's end, are of the gate that the request passed") {
    flood_gate before;
    flood_gate after;
    picture::options how;
    how.gate = &before;
    how.connections = 1;
    picture p(how);
    CHECK(p.drawn() == "00..........");
    p.machine->connection_up(p.now, 0, after);  // the file has moved
    CHECK(p.flooded(0, 10s) == "00..........");
    CHECK(before.recovering());
    CHECK_FALSE(after.recovering());

    p.machine->connection_up(p.now, 0, before);
    p.got(1);
    p.got(0);
    CHECK(p.pass(10s) == "==0.........");
    CHECK(before.probing());
    p.machine->connection_up(p.now, 0, after);
    CHECK(before.probing());
    p.got(2);
    CHECK_FALSE(before.recovering());
}

TEST_CASE("held back, as while a reference is renewed: parked parts wait and all go on together") {
    picture p;
    p.hold();
    CHECK(p.failed(0, part_failure::parked) == "x101........");
    CHECK(p.failed(1, part_failure::parked) == "xx01........");
    CHECK(p.got(2) == "xx#1........");
    CHECK(p.pass(1h) == "xx#1........");
    CHECK(p.release() == "00#11.......");
    for (int i = 0; i < 50; ++i)
        p.failed(0, part_failure::parked);  // costs no attempt
    CHECK_FALSE(p.machine->failed());
}

TEST_CASE("a seek forward inside the window keeps what is on its way") {
    picture p;
    p.got(2);
    CHECK(p.drawn() == "01#10.......");
    CHECK(p.seek(2) == "xx=1001.....");
    CHECK(p.machine->held() == 5 * cell);
}

TEST_CASE("a seek elsewhere drops all that was under way") {
    picture p;
    p.got(1);
    CHECK(p.seek(8) == "xxxxx...0101");
    CHECK(p.seek(0) == "0101x...xxxx");
    CHECK(p.machine->held() == 4 * cell);
    CHECK(p.seek(12).substr(0, 4) == "xxxx");  // the end
    CHECK(p.machine->held() == 0);
}

TEST_CASE("the next part goes to the connection that would bring it soonest") {
    picture::options how;
    how.in_flight = 2;
    picture p(how);
    CHECK(p.drawn() == "0101........");
    p.now += 100ms;
    p.got(0);
    CHECK(p.drawn() == "=1010.......");
    p.now += 900ms;
    CHECK(p.got(1) == "==0101......");
    // Connection 0 takes 100 ms, connection 1 takes 1 s. With room on both, 0 gets the part that the reader
    // waits for.
    p.hold();
    p.got(3);
    CHECK(p.failed(2, part_failure::retry) == "==x#01......");
    p.got(4);
    CHECK(p.release() == "==0##101....");
}

TEST_CASE("events that name a request that is over are ignored") {
    picture p;
    p.machine->part_received(p.now, 999);
    CHECK(p.machine->attempts(999) == 0);
    CHECK(p.machine->losses(-1) == 0);
    p.machine->part_failed(p.now, 999, part_failure::fatal, p.now);
    p.machine->flooded(p.now, 999, 1h);
    p.machine->connection_lost(p.now, 9, p.now);
    p.machine->connection_up(p.now, -1, *std::make_unique<flood_gate>());
    CHECK(p.pass(0s) == "0101........");
}

TEST_CASE("an empty range asks for nothing") {
    picture::options how;
    how.begin = how.end = 5 * cell;
    picture p(how);
    CHECK(p.requests == 0);
    CHECK(p.doings() == "");
}

TEST_CASE("at the end of a range no part is asked for, however unaligned it is") {
    picture::options how;
    how.begin = how.end = 5 * cell + 1;
    picture empty(how);
    CHECK(empty.requests == 0);
    CHECK(empty.doings() == "");

    how.begin = 0;
    picture p(how);
    p.machine->seek(p.now, how.end);
    p.machine->tick(p.now);
    for (const action& one : p.machine->take_actions())
        CHECK(std::holds_alternative<drop_part>(one));
    CHECK(p.machine->held() == 0);
}

TEST_CASE("a paused download asks for nothing and drops nothing, and goes on where it stood") {
    picture p;
    CHECK(p.drawn() == "0101........");
    p.pause();
    CHECK(p.got(0) == "=101........");
    CHECK(p.got(1) == "==01........");
    CHECK(p.read_to(2) == "--01........");
    p.failed(2, part_failure::retry);
    CHECK(p.pass(10s) == "--x1........");
    p.hold();
    CHECK(p.release() == "--x1........");  // two reasons are two
    CHECK(p.seek(6) == "--xx........");
    CHECK(p.resume() == "--xx..0101..");
}

TEST_CASE("what a paused download holds goes, from the end, when another one needs the room") {
    byte_budget budget(4 * cell);
    picture::options how;
    how.budget = &budget;
    picture paused(how);
    for (int i = 0; i < 4; ++i)
        paused.got(i);
    paused.pause();
    CHECK(paused.pass(1h) == "====........");
    picture other(how);
    for (int i = 0; i < 6; ++i) {
        paused.pass(0s);
        other.pass(0s);
    }
    CHECK(paused.drawn() == "=xxx........");  // its reader may hold the first
    CHECK(other.drawn() == "010.........");
    other.machine.reset();
    CHECK(paused.pass(0s) == "=xxx........");
    CHECK(paused.resume() == "=010........");
}
