// A turn is taken before each fetch and ended after it.
#include "download/fair_source.hpp"

#include "download/trouble.hpp"
#include "io/event.hpp"
#include "net/rpc_failure.hpp"

namespace mtproto::download {
namespace {

class waiting final : public schedule::wakeable {
  public:
    explicit waiting(const io::asio::any_io_executor& executor) : come(executor) {}
    void wake() noexcept override { come.notify(); }

    io::event come;
};

/// A turn that ends when the request does, however it does.
class held_turn {
  public:
    held_turn(schedule::line_turns::member& who, int line, std::int64_t bytes, waiting& here,
              io::timers& time)
        : time_(time), turn_(who, line, bytes, here, time.now()) {}
    held_turn(const held_turn&) = delete;
    held_turn& operator=(const held_turn&) = delete;
    ~held_turn() { turn_.end(time_.now(), answered_); }

    bool has_come() const noexcept { return turn_.come(); }
    void note(bool answered) noexcept { answered_ = answered; }

  private:
    io::timers& time_;
    schedule::line_turns::turn turn_;
    bool answered_ = false;
};

}  // namespace

fair_source::fair_source(std::shared_ptr<part_source> over, schedule::line_turns& turns, int weight,
                         io::asio::any_io_executor executor, io::timers& time)
    : over_(std::move(over)),
      turns_(turns),
      who_(turns, weight),
      order_(turns.order(over_->lines())),
      executor_(std::move(executor)),
      time_(time) {}

io::awaitable<outcome<void>> fair_source::open(int line) {
    const int over = place(line);
    const outcome<void> opened = co_await over_->open(over);
    turns_.set_up(over, opened.has_value());
    co_return opened;
}

io::awaitable<outcome<void>> fair_source::check(int line) {
    return over_->check(place(line));
}

io::awaitable<outcome<bytes>> fair_source::fetch(int line, std::int64_t offset, std::int32_t limit) {
    const int over = place(line);
    waiting here(executor_);
    held_turn mine(who_, over, limit, here, time_);
    while (!mine.has_come())
        if (const result<void> waited = co_await here.come.wait(); !waited) co_return failure(waited.error());
    const schedule::flood_gate& gate = over_->gate();
    if (gate.recovering() && time_.now() < gate.not_before())
        co_return net::rest_of_wait(gate.not_before(), time_.now());
    outcome<bytes> answer = co_await over_->fetch(over, offset, limit);
    mine.note(answer.has_value());
    if (!answer && judge(answer.error()).kind == trouble::lost) turns_.set_up(over, false);
    co_return answer;
}

io::awaitable<outcome<void>> fair_source::repair(failure why, int version) {
    return over_->repair(std::move(why), version);
}

}  // namespace mtproto::download
