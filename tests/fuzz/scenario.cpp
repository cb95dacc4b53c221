// Scenarios from arbitrary text, and the plans made of them.
#include "traffic/scenario.hpp"

#include "fuzz.hpp"
#include "traffic/fault_plan.hpp"

#include <algorithm>
#include <charconv>
#include <string>

using namespace mtproto;

namespace {

// "line 3, column 12: what"
void check_error(const std::string& detail, const std::string& text) {
    std::size_t line = 0;
    std::size_t column = 0;
    const std::string_view words(detail);
    const std::size_t number = std::string_view("line ").size();
    const std::size_t comma = words.find(", column ");
    fuzz::require(words.starts_with("line ") && comma != words.npos, "an error names its place");
    std::from_chars(words.data() + number, words.data() + comma, line);
    const std::string_view rest = words.substr(comma + std::string_view(", column ").size());
    std::from_chars(rest.data(), rest.data() + rest.find(':'), column);
    fuzz::require(line >= 1 && column >= 1, "lines and columns count from 1");
    std::size_t begin = 0;
    for (std::size_t at = 1; at < line; ++at) {
        begin = text.find('\n', begin);
        fuzz::require(begin != text.npos, "the line exists");
        ++begin;
    }
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    fuzz::require(column <= end - begin + 1, "the column is in the line, or at its end");
    fuzz::require(detail.find('\n') == detail.npos, "an error is one line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(as_text(std::as_bytes(std::span(data, size))));
    auto read = traffic::parse_scenario(text);
    if (!read) {
        check_error(read.error().detail, text);
        return 0;
    }
    for (const traffic::fault& each : *read) {
        fuzz::require(each.first >= 1 && each.count >= 0 && each.times >= 0, "numbers count");
        fuzz::require(each.probability > 0 && each.probability <= 1, "a probability is one");
        fuzz::require(each.when.packets >= 0 && each.when.bytes >= 0, "nothing is less than nothing");
        fuzz::require(each.when.since_start >= duration{0} && each.time >= duration{0}, "time goes forward");
        fuzz::require(each.scope.first >= 1 && each.scope.first <= each.scope.last, "a range has an order");
    }
    traffic::fault_plan plan(std::move(*read), size);
    traffic::connection_facts on;
    constexpr int occasions = 30;
    for (int i = 0; i < occasions; ++i) {
        on.number = i % 3 + 1;
        on.dc = i % 2 + 1;
        on.media = i % 2 == 0;
        ++on.sent.packets;
        on.sent.bytes += 40'000;
        const time_point now = time_point{} + std::chrono::milliseconds(700) * i;
        if (const auto next = plan.next_time(on, now)) fuzz::require(*next > now, "the next time is to come");
        const auto fits = [&](const traffic::fault* met) {
            if (!met) return;
            fuzz::require(on.number >= met->scope.first && on.number <= met->scope.last, "in its scope");
            fuzz::require(now.time_since_epoch() >= met->when.since_start, "and not before its time");
        };
        fits(plan.at_event("getFile", true, on, now));
        fits(plan.at_query("getFile", on, now));
        fits(plan.at_packet(traffic::direction::out, on, now));
        fits(plan.at_packet(traffic::direction::in, on, now));
        fits(plan.at_connection(on, now));
        if (i % 7 == 0) plan.forget(on.number);
    }
    return 0;
}
