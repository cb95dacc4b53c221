// Other numbers for the lines.
#include "download/renumbered_source.hpp"

#include "download/trouble.hpp"

#include <utility>

namespace mtproto::download {

renumbered_source::renumbered_source(std::shared_ptr<part_source> over, schedule::fair_queue& turns,
                                     std::vector<int> order)
    : over_(std::move(over)), turns_(turns), order_(std::move(order)) {}

io::awaitable<outcome<void>> renumbered_source::open(int line) {
    const int over = place(line);
    const outcome<void> opened = co_await over_->open(over);
    turns_.set_up(over, opened.has_value());
    co_return opened;
}

io::awaitable<outcome<void>> renumbered_source::check(int line) {
    return over_->check(place(line));
}

io::awaitable<outcome<bytes>> renumbered_source::fetch(int line, std::int64_t offset, std::int32_t limit) {
    const int over = place(line);
    outcome<bytes> answer = co_await over_->fetch(over, offset, limit);
    if (!answer && judge(answer.error()).kind == trouble::lost) turns_.set_up(over, false);
    co_return answer;
}

io::awaitable<outcome<void>> renumbered_source::repair(failure why, int version) {
    return over_->repair(std::move(why), version);
}

}  // namespace mtproto::download
