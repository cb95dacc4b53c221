// Looks for one more account that can bring a stream.
#include "download/range_download.hpp"
#include "io/edge.hpp"
#include "net/rpc_failure.hpp"
#include "pool/account_step.hpp"
#include "pool/pool_stream.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::pooling {

void pool_stream::seek(change why, bool waits) {
    if (seek_) return;
    const auto own = seek_.renew(pool_->executor());
    download::launch(pool_->executor(), run_seek(shared_from_this(), own, why, waits), own);
}

io::awaitable<void> pool_stream::run_seek(std::shared_ptr<pool_stream> self,
                                          std::shared_ptr<download::task> own, change why, bool waits) {
    if (!own->start()) co_return;
    const std::shared_ptr<account_pool> pool = self->pool_;
    std::optional<failure> last;
    for (;;) {
        const choice next = self->others();
        if (!next.order.empty()) {
            const std::shared_ptr<member> who = pool->members()[next.order.front()];
            const outcome<media> file = co_await io::as_outcome(account_pool::locate(pool, who, self->file_));
            if (own->over) co_return;
            if (file) {
                own->over = true;
                self->seek_ = nullptr;
                self->found(who, *file, why);
                co_return;
            }
            last = file.error();
            self->failed_.insert_or_assign(who->number, file.error());
            continue;
        }
        const bool worth_it =
            (waits || self->orphaned_) && next.first_end &&
            (self->orphaned_ || !self->all_wait_until() || *next.first_end < *self->all_wait_until());
        const bool too_long = next.first_end && *next.first_end - pool->now() > self->how_.max_wait;
        if (!worth_it || (too_long && self->orphaned_)) {
            own->over = true;
            self->seek_ = nullptr;
            if (!self->orphaned_) co_return;
            if (too_long) last = net::rest_of_wait(*next.first_end, pool->now());
            if (!last && !self->failed_.empty()) last = self->failed_.begin()->second;
            self->fail(last.value_or(failure(errc::not_authorized, "no account of the pool is left")));
            co_return;
        }
        const result<void> slept = co_await pool->time().sleep_until(*next.first_end);
        if (!slept || own->over) co_return;
    }
}

void pool_stream::found(const std::shared_ptr<member>& who, const media& file, change why) {
    const std::vector<download::range_download*> all = downloads_;
    const bool takes_over = orphaned_ || why == change::move;
    if (!takes_over) {
        take(who, file, false);
        for (download::range_download* const each : all)
            each->join(download::stream_place(present_.back().place));
        return;
    }
    // Of several the one that waits longest goes.
    const auto gone =
        std::max_element(present_.begin(), present_.end(), [](const brings& a, const brings& b) {
            return a.place.source->gate().not_before() < b.place.source->gate().not_before();
        });
    const std::shared_ptr<download::source_choice> source = gone->place.source;
    --gone->who->streams;
    present_.erase(gone);
    take(who, file, false);
    std::rotate(present_.begin(), present_.end() - 1, present_.end());
    const download::stream_place place = present_.front().place;
    orphaned_ = false;
    for (download::range_download* const each : all)
        each->move(*source, place);
}

}  // namespace mtproto::pooling
