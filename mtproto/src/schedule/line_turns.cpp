// Turns by bytes for each weight, and how much keeps a line busy.
#include "schedule/line_turns.hpp"

#include <algorithm>
#include <numeric>

namespace mtproto::schedule {
namespace {

/// In flight on a line that others wait for, at least: two small parts, so that one comes while the other is
/// asked for, and at 1 MB/s no more than half a second of waiting for who comes next.
constexpr std::int64_t least_cap = 512 * 1024;
/// ... and at most: 6 MB/s at 650 ms.
constexpr std::int64_t most_cap = 4 * 1024 * 1024;
/// Of what the line carries within a round trip: what is measured is never more than what was in flight, so
/// only with some surplus can it grow.
constexpr double surplus = 1.5;
/// A line's best rate is forgotten at this pace, a part at a time.
constexpr double forgetting = 0.98;

}  // namespace

line_turns::line_state& line_turns::at(int line) {
    const auto index = static_cast<std::size_t>(line);
    if (index >= lines_.size()) lines_.resize(index + 1);
    return lines_[index];
}

std::int64_t line_turns::in_flight(int line) const noexcept {
    const auto index = static_cast<std::size_t>(line);
    return index < lines_.size() ? lines_[index].in_flight : 0;
}

bool line_turns::up(int line) const noexcept {
    const auto index = static_cast<std::size_t>(line);
    return index < lines_.size() && lines_[index].up;
}

void line_turns::set_up(int line, bool so) {
    at(line).up = so;
}

std::int64_t line_turns::cap(int line) const noexcept {
    const auto index = static_cast<std::size_t>(line);
    if (index >= lines_.size()) return least_cap;
    const line_state& one = lines_[index];
    const double within = one.rate * std::chrono::duration<double>(one.shortest).count();
    return std::clamp(static_cast<std::int64_t>(surplus * std::min(within, double{most_cap})), least_cap,
                      most_cap);
}

std::vector<int> line_turns::order(int count) {
    std::vector<int> made(static_cast<std::size_t>(count));
    std::iota(made.begin(), made.end(), 0);
    std::rotate(made.begin(), made.begin() + orders_++ % count, made.end());
    std::stable_sort(made.begin(), made.end(), [this](int a, int b) {
        if (up(a) != up(b)) return up(a);
        return in_flight(a) < in_flight(b);
    });
    return made;
}

bool line_turns::may_go(const line_state& line) const noexcept {
    const int index = static_cast<int>(&line - lines_.data());
    return busy_ <= 1 || line.in_flight < cap(index);
}

void line_turns::begin(turn& which, time_point now) {
    line_state& line = at(which.line_);
    which.come_ = true;
    which.began_ = now;
    which.delivered_before_ = line.delivered;
    line.in_flight += which.bytes_;
    reached_ = std::max(reached_, which.of_.had_);
    which.of_.had_ += which.of_.cost(which.bytes_);
}

void line_turns::go_on(int index, time_point now) {
    for (;;) {
        line_state& line = at(index);
        if (line.waiting.empty() || !may_go(line)) return;
        // By what each will have had: among equals a small request, as a first part is, goes before a large
        // one.
        const auto next =
            std::min_element(line.waiting.begin(), line.waiting.end(), [](const turn* a, const turn* b) {
                return a->of_.had_ + a->of_.cost(a->bytes_) < b->of_.had_ + b->of_.cost(b->bytes_);
            });
        turn& which = **next;
        line.waiting.erase(next);
        begin(which, now);
        which.who_.wake();
    }
}

/// What came between the request and its answer, over that time, is a rate that the line has.
void line_turns::learn(line_state& line, const turn& from, time_point now) const {
    line.delivered += from.bytes_;
    const duration took = now - from.began_;
    if (took <= duration{}) return;
    if (line.shortest == duration{} || took < line.shortest) line.shortest = took;
    const double seconds = std::chrono::duration<double>(took).count();
    const double rate = static_cast<double>(line.delivered - from.delivered_before_) / seconds;
    line.rate = std::max(rate, line.rate * forgetting);
}

line_turns::member::member(line_turns& of, int weight) : all_(of), weight_(std::max(weight, 1)) {}

line_turns::turn::turn(member& of, int line, std::int64_t bytes, wakeable& who, time_point now)
    : of_(of), line_(line), bytes_(bytes), who_(who) {
    line_turns& all = of_.all_;
    if (of_.turns_++ == 0) {
        ++all.busy_;
        // It may claim nothing for the time when it wanted nothing.
        of_.had_ = std::max(of_.had_, all.reached_);
    }
    line_state& over = all.at(line_);
    over.waiting.push_back(this);
    all.go_on(line_, now);
}

line_turns::turn::~turn() {
    if (!ended_) end(began_, false);
}

void line_turns::turn::end(time_point now, bool answered) {
    ended_ = true;
    line_turns& all = of_.all_;
    line_state& over = all.at(line_);
    if (come_)
        over.in_flight -= bytes_;
    else
        over.waiting.remove(this);
    if (come_ && answered) all.learn(over, *this, now);
    const bool one_less = --of_.turns_ == 0;
    if (one_less) --all.busy_;
    // One that is alone from now on waits for nobody, on whatever line.
    if (one_less && all.busy_ == 1)
        for (std::size_t line = 0; line < all.lines_.size(); ++line)
            all.go_on(static_cast<int>(line), now);
    else
        all.go_on(line_, now);
}

}  // namespace mtproto::schedule
