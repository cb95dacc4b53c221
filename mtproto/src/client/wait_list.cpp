// Requests as they wait, and the one wait that is reported.
#include "client/wait_list.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace mtproto::core {
namespace {

/// Whether `one` is to be reported rather than `other`.
bool matters_more(const wait_info& one, const wait_info& other) {
    if (one.kind != other.kind) return one.kind < other.kind;
    return one.kind == wait_kind::flood ? one.end > other.end : one.begin < other.begin;
}

}  // namespace

wait_list::wait_list(const io::environment& environment, std::shared_ptr<const void> alive,
                     wait_callback callback)
    : executor_(environment.executor),
      time_(environment.time),
      alive_(std::move(alive)),
      callback_(std::move(callback)),
      idle_(environment.executor) {}

std::optional<wait_info> wait_list::present() const {
    const time_point now = time_->now();
    std::optional<wait_info> found;
    for (const request* each : requests_) {
        std::optional<wait_info> one = each->wait(now);
        if (one && (!found || matters_more(*one, *found))) found = std::move(one);
    }
    return found;
}

void wait_list::close() noexcept {
    callback_ = nullptr;
    idle_.notify();
}

void wait_list::begin(const request& which) {
    requests_.push_back(&which);
    if (!callback_ || std::exchange(watching_, true)) return;
    io::asio::co_spawn(executor_, watch(shared_from_this()), io::asio::detached);
}

void wait_list::end(const request& which) noexcept {
    std::erase(requests_, &which);
    if (reported_) report();
    if (requests_.empty()) idle_.notify();
}

void wait_list::report() {
    if (!callback_) return;
    std::optional<wait_info> now = present();
    if (now == reported_) return;
    reported_ = std::move(now);
    callback_(reported_);
}

io::awaitable<void> wait_list::watch(std::shared_ptr<wait_list> self) {
    using namespace io::asio::experimental::awaitable_operators;
    while (self->callback_ && !self->requests_.empty()) {
        std::ignore = co_await (self->time_->sleep_for(look_again) || self->idle_.wait());
        self->report();
    }
    self->watching_ = false;
}

wait_list::request::request(std::shared_ptr<wait_list> list, std::string_view method)
    : list_(std::move(list)), method_(method), since_(list_->time_->now()) {
    list_->begin(*this);
}

wait_list::request::~request() {
    list_->end(*this);
}

void wait_list::request::held(int dc, time_point until) {
    dc_ = dc;
    since_ = list_->time_->now();
    held_until_ = until;
    connection_wait_ = nullptr;
    list_->report();
}

void wait_list::request::sent(int dc, look connection_wait) {
    dc_ = dc;
    since_ = list_->time_->now();
    held_until_.reset();
    connection_wait_ = std::move(connection_wait);
    if (list_->reported_) list_->report();
}

std::optional<wait_info> wait_list::request::wait(time_point now) const {
    wait_info made;
    made.dc = dc_;
    made.method = method_;
    made.begin = since_;
    if (held_until_) {
        made.kind = wait_kind::flood;
        made.end = held_until_;
        return made;
    }
    if (connection_wait_)
        if (std::optional<wait_info> of_connection = connection_wait_()) {
            if (of_connection->method.empty()) of_connection->method = method_;
            return of_connection;
        }
    if (now - since_ < patience) return std::nullopt;
    return made;
}

}  // namespace mtproto::core
