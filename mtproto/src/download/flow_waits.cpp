// What the reader of a flow waits for, told to who shows progress; and the bound on flood waits.
#include "client/wait_list.hpp"
#include "download/failure_class.hpp"
#include "download/flow.hpp"
#include "net/rpc_failure.hpp"

namespace mtproto::download {

/// The reader waits from here until next() returns; false when it does already. Told each second, since most
/// waits do not tell of themselves.
bool flow::begins_to_wait() {
    if (waiting_since_) return false;
    waiting_since_ = now();
    if (!report_to_) return false;
    if (!watch_) {
        watch_ = std::make_shared<task>();
        launch(where_.executor, run_watch(shared_from_this(), watch_), watch_);
    }
    tell_wait(false);
    return true;
}

io::awaitable<void> flow::run_watch(std::shared_ptr<flow> self, std::shared_ptr<task> own) {
    if (!own->start()) co_return;
    // It outlives the short waits between two parts, which would cost a timer each.
    while (self->waiting_since_) {
        const result<void> slept = co_await self->where_.time->sleep_for(core::wait_list::look_again);
        if (!slept || own->over) co_return;
        if (!self->waiting_since_) break;
        const bool lasts = self->now() - *self->waiting_since_ >= core::wait_list::look_again;
        if (lasts || self->wait_) self->tell_wait(true);
    }
    own->over = true;
    self->watch_.reset();
}

void flow::tell_wait(bool always) {
    if (!report_to_ || !waiting_since_ || !machine_ || failure_) return;
    std::optional<wait_info> present = present_wait();
    // What is no flood is found out by the watch: a request that was just cancelled would look like silence.
    if (!always && (present == wait_ || (present && present->kind != wait_kind::flood))) return;
    wait_ = std::move(present);
    meter_.add(now(), 0);
    report(now(), true);
}

std::optional<wait_info> flow::present_wait() const {
    const duration waited = now() - *waiting_since_;
    if (paused_ || (!is_flooded() && waited < core::wait_list::look_again)) return std::nullopt;
    std::optional<wait_info> known = where_.source->wait(now());
    if (known && known->kind != wait_kind::silence) return known;
    // Who waits for a turn or for room among other streams waits for no server.
    const bool asked = !flights_.empty() || !opening_.empty() || renewing_;
    if (!asked || waited < core::wait_list::patience) return std::nullopt;
    wait_info silence = known.value_or(wait_info());
    silence.begin = *waiting_since_;
    return silence;
}

bool flow::is_flooded() const {
    const schedule::flood_gate& gate = where_.source->gate();
    return gate.recovering() && now() < gate.not_before();
}

/// Whether a flood wait has just ended the download, as it is too long.
bool flow::ends_at_bound() {
    if (!machine_->wants_more() || !is_flooded()) return false;
    const time_point until = where_.source->gate().not_before();
    if (until - now() <= where_.max_wait) return false;
    failure held = net::rest_of_wait(until, now());
    const std::optional<wait_info> flood = where_.source->wait(now());
    const bool of_this_event = classify(last_failure_).kind == failure_kind::flood;
    held.method = of_this_event || !flood ? last_failure_.method : flood->method;
    held.dc = of_this_event || !flood ? last_failure_.dc : flood->dc;
    last_failure_ = std::move(held);
    machine_->broken(now());
    return true;
}

}  // namespace mtproto::download
