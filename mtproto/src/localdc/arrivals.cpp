// Waiting for what is due.
#include "localdc/arrivals.hpp"

#include <utility>

namespace mtproto::localdc {
namespace {

// Received and not yet due, as bytes.
constexpr std::size_t most_bytes = 4u << 20;

}  // namespace

arrivals::arrivals(const io::environment& env, const traffic::path& path)
    : time_(*env.time), path_(path), changed_(env.executor) {}

void arrivals::add(wire::packet data) {
    const time_point due = path_.send(time_.now(), static_cast<std::int64_t>(data.size));
    bytes_ += data.size;
    packets_.push_back({due, std::move(data)});
    changed_.notify();
}

io::awaitable<result<wire::packet>> arrivals::next() {
    while (packets_.empty())
        if (const auto waited = co_await changed_.wait(); !waited) co_return waited.error();
    const time_point due = packets_.front().due;
    if (due > time_.now())
        if (const auto waited = co_await time_.sleep_until(due); !waited) co_return waited.error();
    wire::packet data = std::move(packets_.front().data);
    packets_.pop_front();
    bytes_ -= data.size;
    changed_.notify();
    co_return std::move(data);
}

bool arrivals::full() const noexcept {
    return bytes_ > most_bytes;
}

}  // namespace mtproto::localdc
