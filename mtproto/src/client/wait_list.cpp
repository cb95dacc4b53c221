// Requests as they wait, and the one wait that is told.
#include "client/wait_list.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace mtproto::core {
namespace {

/// Whether `one` is to be told rather than `other`.
bool matters_more(const wait_info& one, const wait_info& other) {
    if (one.kind != other.kind) return one.kind < other.kind;
    return one.kind == wait_kind::flood ? one.end > other.end : one.begin < other.begin;
}

}  // namespace

wait_list::wait_list(const io::environment& where, std::shared_ptr<const void> keep, wait_callback report)
    : executor_(where.executor),
      time_(where.time),
      keep_(std::move(keep)),
      report_(std::move(report)),
      idle_(where.executor) {}

std::optional<wait_info> wait_list::present() const {
    const time_point now = time_->now();
    std::optional<wait_info> found;
    for (const request* each : all_) {
        std::optional<wait_info> one = each->wait(now);
        if (one && (!found || matters_more(*one, *found))) found = std::move(one);
    }
    return found;
}

void wait_list::close() noexcept {
    report_ = nullptr;
    idle_.notify();
}

void wait_list::begin(const request& which) {
    all_.push_back(&which);
    if (!report_ || std::exchange(watching_, true)) return;
    io::asio::co_spawn(executor_, watch(shared_from_this()), io::asio::detached);
}

void wait_list::end(const request& which) noexcept {
    std::erase(all_, &which);
    if (told_) tell();
    if (all_.empty()) idle_.notify();
}

void wait_list::tell() {
    if (!report_) return;
    std::optional<wait_info> now = present();
    if (now == told_) return;
    told_ = std::move(now);
    report_(told_);
}

io::awaitable<void> wait_list::watch(std::shared_ptr<wait_list> self) {
    using namespace io::asio::experimental::awaitable_operators;
    while (self->report_ && !self->all_.empty()) {
        std::ignore = co_await (self->time_->sleep_for(look_again) || self->idle_.wait());
        self->tell();
    }
    self->watching_ = false;
}

wait_list::request::request(std::shared_ptr<wait_list> among, std::string_view method)
    : among_(std::move(among)), method_(method), since_(among_->time_->now()) {
    among_->begin(*this);
}

wait_list::request::~request() {
    among_->end(*this);
}

void wait_list::request::held(int dc, time_point until) {
    dc_ = dc;
    since_ = among_->time_->now();
    held_until_ = until;
    over_ = nullptr;
    among_->tell();
}

void wait_list::request::sent(int dc, look over) {
    dc_ = dc;
    since_ = among_->time_->now();
    held_until_.reset();
    over_ = std::move(over);
    if (among_->told_) among_->tell();
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
    if (over_)
        if (std::optional<wait_info> of_connection = over_()) {
            if (of_connection->method.empty()) of_connection->method = method_;
            return of_connection;
        }
    if (now - since_ < patience) return std::nullopt;
    return made;
}

}  // namespace mtproto::core
