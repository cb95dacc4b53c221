// A line is clauses, a colon, and what goes wrong; each clause fills in its part of the fault.
#include "traffic/scenario.hpp"

#include "traffic/fault_kinds.hpp"

#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>

namespace mtproto::traffic {
namespace {

constexpr std::size_t most_faults = 10'000;

struct word {
    std::string_view text;
    std::size_t column = 0;  // from 0
};

// Thrown inside this file only: what is wrong, and where in the line.
struct wrong {
    std::size_t column;
    std::string what;
};

bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r';
}

std::string quoted(std::string_view text) {
    constexpr std::size_t longest = 40;
    std::string made = "'";
    for (const char c : text.substr(0, longest))
        made += std::isprint(static_cast<unsigned char>(c)) ? c : '?';
    return made + (text.size() > longest ? "...'" : "'");
}

/// The words of a piece of a line, one after the other.
class words {
  public:
    words(std::string_view line, std::size_t begin, std::size_t end)
        : line_(line.substr(0, end)), at_(begin) {
        skip();
    }

    bool done() const noexcept { return at_ == line_.size(); }
    std::size_t column() const noexcept { return at_; }

    word peek() const noexcept {
        std::size_t end = at_;
        while (end < line_.size() && !is_space(line_[end]))
            ++end;
        return {line_.substr(at_, end - at_), at_};
    }
    word next(const char* expected) {
        const word made = peek();
        if (made.text.empty()) throw wrong{at_, std::string("here ") + expected + " is missing"};
        at_ += made.text.size();
        skip();
        return made;
    }
    bool take(std::string_view text) {
        if (peek().text != text) return false;
        next("a word");
        return true;
    }
    // All that is left, without the space behind it.
    word rest() {
        std::size_t end = line_.size();
        while (end > at_ && is_space(line_[end - 1]))
            --end;
        const word made{line_.substr(at_, end - at_), at_};
        at_ = line_.size();
        return made;
    }

  private:
    void skip() noexcept {
        while (at_ < line_.size() && is_space(line_[at_]))
            ++at_;
    }

    std::string_view line_;
    std::size_t at_;
};

std::int64_t count_of(const word& from) {
    const auto number = read_number(from.text);
    if (!number || *number == 0)
        throw wrong{from.column, quoted(from.text) + " is no number that counts from 1"};
    return *number;
}

struct range {
    std::int64_t first = 1;
    std::int64_t last = std::numeric_limits<std::int64_t>::max();
    bool open = false;  // "5.."
};

range range_of(const word& from) {
    const std::size_t dots = from.text.find("..");
    range made;
    made.first = count_of({from.text.substr(0, dots), from.column});
    made.last = made.first;
    if (dots == std::string_view::npos) return made;
    const word behind{from.text.substr(dots + 2), from.column + dots + 2};
    made.open = behind.text.empty();
    made.last = made.open ? std::numeric_limits<std::int64_t>::max() : count_of(behind);
    if (made.last < made.first) throw wrong{behind.column, "the range ends before it begins"};
    return made;
}

// "64KiB", "2MB", "100B"
std::optional<std::int64_t> size_of(std::string_view text) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == std::string_view::npos || digits == 0) return std::nullopt;
    const auto number = read_number(text.substr(0, digits));
    const std::string_view unit = text.substr(digits);
    std::int64_t factor = 0;
    if (unit == "B") factor = 1;
    if (unit == "KB") factor = 1000;
    if (unit == "MB") factor = 1'000'000;
    if (unit == "KiB") factor = 1 << 10;
    if (unit == "MiB") factor = 1 << 20;
    if (!number || factor == 0 || *number > (std::int64_t{1} << 40) / factor) return std::nullopt;
    return *number * factor;
}

double probability_of(const word& from) {
    std::string_view text = from.text;
    const bool percent = text.ends_with('%');
    if (percent) text.remove_suffix(1);
    double number = 0;
    const auto [end, problem] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (percent) number /= 100;
    if (problem != std::errc{} || end != text.data() + text.size() || !(number > 0) || number > 1)
        throw wrong{from.column, quoted(from.text) + " is no probability: give 0.05, or 5%, at most 1"};
    return number;
}

/// Reads the clauses before the colon.
class condition_reader {
  public:
    condition_reader(words& in, fault& into) : in_(in), into_(into) {}

    void read() {
        while (!in_.done())
            clause();
        // Without a word about it a fault strikes once: at its event, or at the first occasion. One of chance
        // strikes whenever chance has it.
        if (!ranged_) into_.count = 0;
        if (!ranged_ && !counted_ && !chance_) into_.times = 1;
    }

  private:
    void once(bool& seen, const word& at) {
        if (seen) throw wrong{at.column, "the line says so twice"};
        seen = true;
    }

    void clause() {
        const word first = in_.next("a condition");
        if (first.text == "at") {
            const word time = in_.next("a time");
            once(at_, first);
            into_.when.since_start = time_of(time);
        } else if (first.text == "after") {
            after(first);
        } else if (first.text == "on") {
            on(first);
        } else if (first.text == "with") {
            const word what = in_.next("'probability'");
            if (what.text != "probability")
                throw wrong{what.column, "'probability' is expected, not " + quoted(what.text)};
            once(chance_, first);
            into_.probability = probability_of(in_.next("a probability"));
        } else if (first.text == "always") {
            once(counted_, first);
        } else if (in_.peek().text == "times" || in_.peek().text == "time") {
            once(counted_, first);
            into_.times = count_of(first);
            in_.next("'times'");
        } else {
            throw wrong{first.column, quoted(first.text) +
                                          " begins no condition: at, after, on, with probability, N times "
                                          "and always do"};
        }
    }

    duration time_of(const word& from) const {
        const auto time = read_duration(from.text);
        if (!time) throw wrong{from.column, quoted(from.text) + " is no time: give 300ms, 2s or 1m"};
        return *time;
    }

    void after(const word& first) {
        const word what = in_.next("a number of packets, a size or a time");
        const auto packets = read_number(what.text);
        if (packets) {
            const word unit = in_.next("'packets'");
            if (unit.text != "packets" && unit.text != "packet")
                throw wrong{unit.column, "'packets' is expected, not " + quoted(unit.text)};
            once(went_, first);
            into_.when.packets = *packets;
            way();
        } else if (const auto size = size_of(what.text)) {
            once(went_, first);
            into_.when.bytes = *size;
            way();
        } else {
            const auto time = read_duration(what.text);
            if (!time)
                throw wrong{what.column,
                            quoted(what.text) + " is neither packets, a size (64KiB) nor a time (2s)"};
            once(after_, first);
            into_.when.since_accept = *time;
        }
    }

    void way() {
        if (in_.take("received")) into_.when.way = direction::in;
        in_.take("sent");
    }

    void on(const word& first) {
        const word what = in_.peek();
        if (what.text.empty()) throw wrong{what.column, "here an event or a connection is missing"};
        if (what.text == "any" || what.text == "each" || what.text == "DC" || what.text == "main" ||
            what.text == "media" || is_connection(what.text)) {
            once(scoped_, first);
            return scope();
        }
        once(event_, first);
        const word event = in_.next("an event");
        for (const char c : event.text)
            if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_')
                throw wrong{event.column, quoted(event.text) + " is no event's name"};
        into_.event = event.text;
        const std::string_view next = in_.peek().text;
        if (next.empty() || !std::isdigit(static_cast<unsigned char>(next.front()))) return;
        if (is_count_of_times()) return;
        const range which = range_of(in_.next("a range"));
        ranged_ = true;
        into_.first = which.first;
        into_.count = which.open ? 0 : which.last - which.first + 1;
    }

    // "on getFile 3 times" has a number that is no range.
    bool is_count_of_times() const {
        words ahead = in_;
        ahead.next("a number");
        const std::string_view unit = ahead.peek().text;
        return unit == "times" || unit == "time";
    }

    static bool is_connection(std::string_view text) { return text == "connection" || text == "connections"; }

    void scope() {
        connection_scope& where = into_.scope;
        if (in_.take("each"))
            where.each = true;
        else
            in_.take("any");
        if (in_.take("DC")) {
            const word number = in_.next("a data centre's number");
            constexpr std::int64_t most_dcs = 1000;
            const std::int64_t dc = count_of(number);
            if (dc > most_dcs) throw wrong{number.column, "there is no such data centre"};
            where.dc = static_cast<int>(dc);
        }
        if (in_.take("main"))
            where.at = connection_scope::doors::main;
        else if (in_.take("media"))
            where.at = connection_scope::doors::media;
        const word noun = in_.next("'connection'");
        if (!is_connection(noun.text))
            throw wrong{noun.column, "'connection' is expected, not " + quoted(noun.text)};
        const std::string_view next = in_.peek().text;
        if (next.empty() || !std::isdigit(static_cast<unsigned char>(next.front()))) return;
        if (is_count_of_times()) return;
        const range which = range_of(in_.next("a range"));
        where.first = which.first;
        where.last = which.last;
    }

    words& in_;
    fault& into_;
    bool at_ = false;
    bool after_ = false;
    bool went_ = false;
    bool event_ = false;
    bool scoped_ = false;
    bool chance_ = false;
    bool counted_ = false;
    bool ranged_ = false;
};

// The others are what the server makes of its own packets.
bool happens_to_incoming(fault_kind kind) {
    switch (kind) {
        case fault_kind::drop:
        case fault_kind::delay:
        case fault_kind::reorder:
        case fault_kind::duplicate:
        case fault_kind::corrupt:
        case fault_kind::truncate:
            return true;
        default:
            return false;
    }
}

void read_what(words& in, fault& into) {
    const word name = in.next("what goes wrong");
    const named_kind* kind = find_kind(name.text);
    if (!kind) throw wrong{name.column, quoted(name.text) + " is nothing that can go wrong"};
    if (happens_to_incoming(kind->kind) && in.take("incoming")) into.way = direction::in;
    if (kind->kind == fault_kind::corrupt && in.take("a") && !in.take("byte"))
        throw wrong{in.column(), "'byte' is expected"};
    if (kind->takes == argument::time && !in.take("for")) in.take("by");
    const word value = in.rest();
    if (apply_kind(*kind, value.text, into)) return;
    switch (kind->takes) {
        case argument::none:
            throw wrong{value.column, quoted(name.text) + " takes nothing more"};
        case argument::error:
            throw wrong{value.column, "a code and a name are expected, as 500 RPC_CALL_FAIL"};
        case argument::time:
            throw wrong{value.column, "a time is expected, as 300ms, 2s or 1m"};
        case argument::code:
            throw wrong{value.column, "a code is expected: 16 to 20, 32 to 35, 48 or 64"};
        case argument::number:
        case argument::seconds:
            throw wrong{value.column, "a number is expected"};
    }
}

fault read_line(std::string_view line) {
    const std::size_t colon = line.find(':');
    fault made;
    words before(line, 0, colon == std::string_view::npos ? line.size() : colon);
    if (colon == std::string_view::npos) throw wrong{line.size(), "here ': what goes wrong' is missing"};
    if (before.done()) throw wrong{before.column(), "the condition before the colon is missing"};
    condition_reader(before, made).read();
    words after(line, colon + 1, line.size());
    read_what(after, made);
    if (stage_of(made.kind) == fault_stage::step && made.event.empty())
        throw wrong{colon, "a fault of the key exchange names its step: on req_DH_params"};
    return made;
}

}  // namespace

outcome<std::vector<fault>> parse_scenario(std::string_view text) {
    std::vector<fault> made;
    for (int number = 1; !text.empty(); ++number) {
        auto [line, rest] = split(text, '\n');
        text = rest;
        line = line.substr(0, line.find('#'));
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        const auto fail = [&](std::size_t column, const std::string& what) {
            return failure(errc::bad_argument, "line " + std::to_string(number) + ", column " +
                                                   std::to_string(column + 1) + ": " + what);
        };
        if (made.size() == most_faults) return fail(0, "there are too many faults");
        try {
            made.push_back(read_line(line));
        } catch (const wrong& why) {
            return fail(why.column, why.what);
        }
        made.back().line = number;
    }
    return made;
}

}  // namespace mtproto::traffic
