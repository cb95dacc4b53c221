// Drawing lines of scenarios.
#include "faults/schedule.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace mtproto::faults {
namespace {

using traffic::fault;
using traffic::fault_kind;

// Of so many seeds one has a fault that lasts.
constexpr std::uint64_t each_lasting = 4;

// SplitMix64 by Vigna: the same numbers with every standard library.
class dice {
  public:
    explicit dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t below(std::uint64_t limit) {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (z ^ (z >> 31)) % limit;
    }
    std::string number(std::uint64_t least, std::uint64_t most) {
        return std::to_string(least + below(most - least + 1));
    }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    std::string one_of(std::initializer_list<const char*> all) { return all.begin()[below(all.size())]; }

  private:
    std::uint64_t state_;
};

// The download's connections: the login's are 1 and 2, if it needs as many.
std::string scope(dice& roll) {
    switch (roll.below(6)) {
        case 0:
            return " on media connections";
        case 1:
            return " on each media connection";
        case 2:
            return " on main connections";
        case 3:
            return " on connection " + roll.number(2, 9);
        case 4:
            return " on DC " + roll.number(1, 3) + " connections";
        default:
            return "";
    }
}

std::string moment(dice& roll) {
    switch (roll.below(6)) {
        case 0:
            return "at " + roll.number(0, 2000) + "ms";
        case 1:
            return "after " + roll.number(0, 1500) + "ms";
        case 2:
            return "after " + roll.number(0, 40) + " packets";
        case 3:
            return "after " + roll.number(0, 40) + " packets received";
        case 4:
            return "after " + roll.number(1, 1500) + "KB";
        default:
            return roll.number(1, 2) + " times with probability " + roll.number(1, 20) + "%";
    }
}

// Few enough that a client which tries some times is through them.
std::string few(dice& roll, const std::string& event) {
    const std::uint64_t first = 1 + roll.below(12);
    return "on " + event + " " + std::to_string(first) + ".." + std::to_string(first + roll.below(2));
}

std::string of_connection(dice& roll) {
    const std::string what = roll.one_of({"close", "half-close", "silence", "transport-error 404",
                                          "transport-error 429", "transport-error 444", "freeze"});
    const std::string when = roll.one_in(4) && what != "freeze" ? few(roll, "getFile") : moment(roll);
    return when + scope(roll) + ": " + what +
           (what == "freeze" ? " for " + roll.number(1, 90) + "s" : std::string());
}

std::string of_connecting(dice& roll) {
    return few(roll, "connect") + ": " + roll.one_of({"close", "half-close", "silence", "freeze for 40s"});
}

std::string of_packets(dice& roll) {
    const std::string what = roll.one_of({"drop", "delay", "reorder", "duplicate", "corrupt", "truncate",
                                          "break-off", "wrong-msg-key", "wrong-length"});
    const bool own = what == "break-off" || what == "wrong-msg-key" || what == "wrong-length";
    std::string line;
    if (roll.one_in(3)) {
        line =
            few(roll, roll.one_of({"getFile", "getFile", "importAuthorization", "getConfig"})) + ": " + what;
    } else {
        line = moment(roll) + scope(roll) + ": " + what + (!own && roll.one_in(2) ? " incoming" : "");
    }
    if (what == "delay") line += " by " + roll.number(10, 20'000) + "ms";
    return line;
}

std::string of_queries(dice& roll) {
    const std::string what = roll.one_of(
        {"bad-msg 16", "bad-msg 17", "bad-msg 18", "bad-msg 19", "bad-msg 20", "bad-msg 32", "bad-msg 33",
         "bad-msg 34", "bad-msg 35", "wrong-salt", "bad-msg 64", "lost-session", "lost-session"});
    if (roll.one_in(2))
        return few(roll, roll.one_of({"getFile", "exportAuthorization", "getConfig"})) + ": " + what;
    return moment(roll) + scope(roll) + ": " + what;
}

std::string of_answers(dice& roll) {
    switch (roll.below(5)) {
        case 0:
            return few(roll, "getFile") + ": flood-wait " + roll.number(1, 20);
        case 1:
            return few(roll, "getFile") + ": premium-wait " + roll.number(1, 9);
        case 2:
            return few(roll, roll.one_of({"getFile", "exportAuthorization", "getConfig"})) + ": " +
                   roll.one_of({"internal", "call-fail", "timed-out", "flood-wait 2"});
        case 3:
            // A part that is wrong twice is given up.
            if (roll.one_in(2)) return few(roll, "getFile") + ": expired-reference";
            return "on getFile " + roll.number(1, 12) + ": " +
                   roll.one_of({"short-part 100", "long-part 16", "wrong-part-bytes"});
        default:
            // What a data centre forgets away from home can be had again.
            return few(roll, "getFile") + ": " + roll.one_of({"dropped-login", "lost-key"});
    }
}

std::string of_key_exchange(dice& roll) {
    const std::string step = roll.one_of({"req_pq_multi", "req_DH_params", "set_client_DH_params"});
    std::string what = roll.one_of({"close", "silence", "half-close", "drop", "truncate", "break-off",
                                    "wrong-nonce", "transport-error 404", "duplicate", "delay by 3s"});
    if (step == "set_client_DH_params" && roll.one_in(2)) what = roll.one_of({"dh-retry", "dh-fail"});
    return "on " + step + " 1.." + roll.number(1, 2) + ": " + what;
}

std::string of_final_ones(dice& roll) {
    switch (roll.below(4)) {
        case 0:
            return "on getFile " + roll.number(1, 12) +
                   "..: " + roll.one_of({"internal", "short-part", "close", "silence", "expired-reference"});
        case 1:
            return "on getFile " + roll.number(1, 12) + ": rpc-error 400 LOCATION_INVALID";
        case 2:
            return "on getConfig: " + roll.one_of({"dropped-login", "lost-key"});
        default:
            return "on req_pq_multi: wrong-fingerprint";
    }
}

std::string draw_line(dice& roll) {
    switch (roll.below(13)) {
        case 0:
        case 1:
        case 2:
            return of_connection(roll);
        case 3:
            return of_connecting(roll);
        case 4:
        case 5:
        case 6:
            return of_packets(roll);
        case 7:
        case 8:
            return of_queries(roll);
        case 9:
        case 10:
            return of_answers(roll);
        case 11:
            return of_key_exchange(roll);
        default:
            return roll.one_in(3) ? of_final_ones(roll) : of_answers(roll);
    }
}

// Lines that are accepted, under keys that are known, and that bring nothing of use from then on.
std::string lasting_kind(dice& roll, bool media) {
    switch (roll.below(4)) {
        case 0:
            return roll.one_of({"close", "half-close", "silence", "freeze for 90s"});
        case 1:
            return roll.one_of({"break-off", "wrong-length", "truncate", "drop"});
        case 2:
            return roll.one_of({"corrupt", "wrong-msg-key", "corrupt incoming", "drop incoming"});
        default:
            // -429 is no refusal to serve: it asks for fewer connections, and ends a part that meets it
            // twice.
            return roll.one_of({"transport-error 404", media ? "transport-error 444" : "transport-error 429",
                                "transport-error 444"});
    }
}

schedule draw_lasting(dice& roll) {
    schedule made;
    made.lasting = true;
    const std::uint64_t begins = 300 + roll.below(1800);
    made.begins = std::chrono::milliseconds(begins);
    made.other_way = roll.one_in(2);
    if (roll.one_in(3)) {
        const std::uint64_t wait = 1 + roll.below(30);
        made.announced = std::chrono::seconds(wait);
        made.scenario += "on getFile " + roll.number(1, 30) + ": flood-wait " + std::to_string(wait) + "\n";
    }
    const std::string scope = made.other_way ? "media " : "";
    if (roll.one_in(6)) {
        // Lines that live, and of which nothing comes for files.
        made.scenario += "on getFile " + roll.number(10, 60) + ".. on " + scope + "connections: silence\n";
        return made;
    }
    made.scenario += "always at " + std::to_string(begins) + "ms on " + scope +
                     "connections: " + lasting_kind(roll, made.other_way) + "\n";
    return made;
}

// So much a connection has done when a fault of each connection strikes it that a download gets on by
// connecting again and again: a key exchange, an authorization and a part.
constexpr std::int64_t packets_for_progress = 10;

bool without_end(const fault& what) {
    if (what.scope.each && what.when.packets < packets_for_progress && what.when.bytes == 0) return true;
    return what.times == 0 && what.count == 0 && what.probability >= 1;
}

/// Where a packet that is lost costs the whole time that an exchange may take.
bool in_key_exchange(const fault& what) {
    return what.event == "req_pq_multi" || what.event == "req_DH_params" ||
           what.event == "set_client_DH_params";
}

}  // namespace

schedule draw_schedule(std::uint64_t seed) {
    dice roll(seed);
    if (seed % each_lasting == 0) return draw_lasting(roll);
    constexpr std::uint64_t most_faults = 6;
    schedule made;
    for (std::uint64_t left = 1 + roll.below(most_faults); left > 0; --left)
        made.scenario += draw_line(roll) + "\n";
    return made;
}

bool is_final(const fault& what, int home) {
    const bool at_files = what.event == "getFile";
    switch (what.kind) {
        // The account's own data centre has forgotten the account, or the key that it is known by.
        case fault_kind::dropped_login:
        case fault_kind::lost_key:
            return !at_files && (what.scope.dc == 0 || what.scope.dc == home);
        // The server's word that nothing can mend. Waits, and what is to be tried again, are none.
        case fault_kind::rpc_error:
            return without_end(what) || what.text.starts_with("400 ") || what.text.starts_with("403 ");
        // Not the server that the client knows.
        case fault_kind::wrong_fingerprint:
            return true;
        // Whatever it is, it does not end.
        default:
            return without_end(what);
    }
}

bool any_final(const std::vector<fault>& all, int home) {
    // Alone each of these heals. So many of them may meet one part or one request, which then is given up.
    constexpr std::int64_t wrong_sizes = 2;
    constexpr std::int64_t wrong_bytes = 3;
    constexpr std::int64_t lost_logins = 4;
    constexpr duration exchange_timeout = std::chrono::seconds(15);
    constexpr duration longest_silences = std::chrono::seconds(45);
    std::int64_t sizes = 0;
    std::int64_t contents = 0;
    std::int64_t logins = 0;
    duration silences{};
    for (const fault& each : all) {
        const std::int64_t times = each.count != 0 ? each.count : each.times;
        if (each.kind == fault_kind::short_part || each.kind == fault_kind::long_part) sizes += times;
        if (each.kind == fault_kind::wrong_part_bytes) contents += times;
        if (each.kind == fault_kind::dropped_login) logins += times;
        if (each.kind == fault_kind::freeze) silences += each.time * std::max<std::int64_t>(times, 1);
        if (each.kind == fault_kind::silence || (each.kind == fault_kind::drop && in_key_exchange(each)))
            silences += exchange_timeout * times;
    }
    // One after the other they may leave a download without a byte for a minute, which ends it.
    if (silences >= longest_silences) return true;
    if (sizes >= wrong_sizes || contents >= wrong_bytes || logins >= lost_logins) return true;
    return std::any_of(all.begin(), all.end(), [&](const fault& each) { return is_final(each, home); });
}

}  // namespace mtproto::faults
