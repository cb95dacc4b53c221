// Takes accounts into a stream and out of it.
#include "pool/pool_stream.hpp"

#include "base/scope_exit.hpp"
#include "download/account_downloads.hpp"
#include "download/file_source.hpp"
#include "download/range_download.hpp"
#include "net/rpc_failure.hpp"
#include "pool/account_step.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mtproto::pooling {
namespace {

constexpr duration reader_rests = std::chrono::seconds(2);

}  // namespace

pool_stream::pool_stream(std::shared_ptr<account_pool> pool, media file, options how)
    : pool_(std::move(pool)),
      file_(std::move(file)),
      how_(how),
      hashes_(std::make_shared<download::file_hashes>(pool_->executor())),
      watch_(pool_->options().patience) {
    pool_->opened(*this);
}

pool_stream::~pool_stream() {
    pool_->closed(*this);
    for (const brings& one : present_) {
        --one.who->streams;
        one.who->circuits[file_.dc].cancelled();
    }
}

outcome<std::shared_ptr<pool_stream>> pool_stream::make(std::shared_ptr<account_pool> pool, media file,
                                                        options how) {
    std::shared_ptr<pool_stream> made(new pool_stream(pool, std::move(file), how));
    const std::string chat = pool->files().of(made->file_).chat;
    const choice now = pool->choose(chat, made->file_.dc, made->file_.size, {});
    std::vector<std::size_t> all = now.order;
    all.insert(all.end(), now.waiting.begin(), now.waiting.end());
    if (all.empty()) return failure(errc::not_authorized, "no account of the pool is left");
    // Nobody is known to have it: it is from elsewhere, and one of these has it.
    if (pool->files().of(made->file_).locations.empty())
        pool->files().note(pool->members()[all.front()]->number, made->file_, {});
    const auto& locations = pool->files().of(made->file_).locations;
    const auto first = std::find_if(all.begin(), all.end(), [&](std::size_t i) {
        return locations.contains(pool->members()[i]->number);
    });
    const std::shared_ptr<member>& who = pool->members()[first == all.end() ? all.front() : *first];
    // Those that have it may be gone, or see it no more.
    made->orphaned_ = first == all.end();
    made->take(who, made->orphaned_ ? made->file_ : pool->files().for_account(who->number, made->file_),
               true);
    // The best of all may have to ask for its message first.
    const bool waits = first - all.begin() >= static_cast<std::ptrdiff_t>(now.order.size());
    made->misplaced_ = first != all.begin() && (waits || who->streams > 1);
    return made;
}

pool_stream::brings* pool_stream::find(const download::source_choice& at) noexcept {
    const auto found = std::find_if(present_.begin(), present_.end(),
                                    [&](const brings& one) { return one.place.source.get() == &at; });
    return found == present_.end() ? nullptr : &*found;
}

std::vector<download::stream_place> pool_stream::present() {
    std::vector<download::stream_place> made;
    if (orphaned_) return made;
    for (const brings& one : present_)
        made.push_back(one.place);
    return made;
}

void pool_stream::began(download::range_download& which) {
    downloads_.push_back(&which);
    if (orphaned_ || std::exchange(misplaced_, false)) seek(change::move, orphaned_);
}

void pool_stream::ended(download::range_download& which) noexcept {
    std::erase(downloads_, &which);
    if (downloads_.empty()) seek_ = nullptr;
}

/// Its downloads are told by the caller.
void pool_stream::take(const std::shared_ptr<member>& who, const media& file, bool first) {
    // Of one account alone the embedder's choice holds.
    const bool alone = first && how_.most_accounts == 1;
    brings made;
    made.who = who;
    made.since = pool_->now();
    made.place.source = std::make_shared<download::file_source>(
        who->account, file, alone ? how_.proof : verification::all, hashes_);
    made.place.queue = &download::downloads_of(*who->account).resources.queue(file.dc);
    who->gate(file.dc);
    who->circuits[file.dc].asked(pool_->now());
    ++who->streams;
    present_.push_back(std::move(made));
}

/// The last one stays, as a name for what is missing.
void pool_stream::drop(const member& who, const download::range_download* but) {
    const auto found = std::find_if(present_.begin(), present_.end(),
                                    [&](const brings& one) { return one.who.get() == &who; });
    if (found == present_.end()) return;
    const std::shared_ptr<download::source_choice> source = found->place.source;
    found->who->circuits[file_.dc].cancelled();
    if (present_.size() > 1) {
        --found->who->streams;
        present_.erase(found);
    } else {
        orphaned_ = true;
    }
    for (download::range_download* const each : std::vector<download::range_download*>(downloads_))
        if (each != but) each->leave(*source);
}

/// Those that came last go first.
void pool_stream::drop_joined() {
    while (present_.size() > 1)
        drop(*present_.back().who);
}

/// Others have stood in: those stay that bring something.
void pool_stream::drop_silent() {
    const bool any =
        std::any_of(present_.begin(), present_.end(), [](const brings& one) { return one.bytes > 0; });
    const auto most = static_cast<std::size_t>(how_.most_accounts);
    if (!any || present_.size() <= most) return;
    const auto silent =
        std::find_if(present_.begin(), present_.end(), [](const brings& one) { return one.bytes == 0; });
    // It was not silent after all: the one that stood in goes.
    const brings& gone = silent == present_.end() ? present_.back() : *silent;
    if (pool_->now() - gone.since < stream_watch::silence && silent != present_.end()) return;
    drop(*std::shared_ptr<member>(gone.who));
}

void pool_stream::left(const member& gone, const failure& why) {
    const bool here = std::any_of(present_.begin(), present_.end(),
                                  [&](const brings& one) { return one.who.get() == &gone; });
    if (!here) return;
    failed_.insert_or_assign(gone.number, why);
    drop(gone);
    if (!orphaned_) return;
    if (others_may())
        seek(change::move, true);
    else
        fail(why);
}

void pool_stream::fail(const failure& why) {
    for (download::range_download* const each : std::vector<download::range_download*>(downloads_))
        each->fail(why);
}

std::optional<time_point> pool_stream::all_wait_until() const {
    std::optional<time_point> first;
    for (const brings& one : present_) {
        const std::optional<time_point> until = one.place.source->flooded(pool_->now())
                                                    ? std::optional(one.place.source->gate().not_before())
                                                    : std::nullopt;
        if (!until) return std::nullopt;
        first = std::min(first.value_or(*until), *until);
    }
    return orphaned_ ? std::nullopt : first;
}

std::set<int> pool_stream::excluded() const {
    std::set<int> made;
    for (const auto& [number, why] : failed_)
        made.insert(number);
    for (const brings& one : present_)
        made.insert(one.who->number);
    return made;
}

choice pool_stream::others() const {
    return pool_->choose(pool_->files().of(file_).chat, file_.dc, file_.size, excluded());
}

/// Whether another account may bring it, now or within the longest wait.
bool pool_stream::others_may() const {
    const choice now = others();
    return !now.order.empty() || (now.first_end && *now.first_end - pool_->now() <= how_.max_wait);
}

std::optional<time_point> pool_stream::look(download::range_download& which) {
    if (looks_.under_way || downloads_.empty() || &which != downloads_.front()) return std::nullopt;
    const time_point now = pool_->now();
    if (now < looks_.next) return looks_.next;
    const download::range_download::standing stands = which.stands();
    if (which.position() != looks_.position || stands.reader_waits) looks_.moved = now;
    looks_.position = which.position();
    // Nothing is in a hurry while the reader rests.
    if (now - looks_.moved > reader_rests) return std::nullopt;
    looks_.next = now + stream_watch::interval;
    looks_.under_way = true;
    const scope_exit done([this] { looks_.under_way = false; });
    observation seen;
    seen.now = now;
    seen.reader_waits = stands.reader_waits.has_value();
    seen.wants_more = stands.wants_more || stands.under_way;
    seen.position = which.position();
    seen.ahead = stands.ahead;
    seen.brought = brought_;
    seen.accounts = static_cast<int>(present_.size());
    seen.most_accounts = which.has_own_strategy() ? 1 : how_.most_accounts;
    seen.waits_until = all_wait_until();
    const change what = watch_.look(seen);
    drop_silent();
    if (seek_) return looks_.next;
    if (orphaned_ && seen.wants_more) {
        // The reader goes on after a failure: all is tried anew.
        failed_.clear();
        seek(change::move, true);
        return looks_.next;
    }
    switch (what) {
        case change::none:
            break;
        case change::join:
            seek(what, false);
            break;
        case change::separate:
            drop_joined();
            break;
        case change::stand_in:
            for (brings& one : present_) {
                one.bytes = 0;
                one.who->circuits[file_.dc].failed(now);
            }
            seek(what, false);
            break;
        case change::move: {
            const choice next = others();
            const bool sooner = next.first_end && *next.first_end < *seen.waits_until;
            if (!next.order.empty() || sooner) seek(what, sooner);
            break;
        }
    }
    return looks_.next;
}

bool pool_stream::failed(download::range_download& which, const std::shared_ptr<download::source_choice>& at,
                         const failure& why) {
    brings* const one = find(*at);
    // It was left before: what it says now is late.
    if (!one) return true;
    const std::shared_ptr<member> who = one->who;
    const bool waits = step_after(why) == account_step::wait;
    if (!waits) ++who->errors;
    if (!waits) pool_->note(*who, pool_->files().of(file_).chat, file_.dc, why);
    // By leaving the pool it may have left this stream, too.
    if (!find(*at) || (orphaned_ && seek_)) return true;
    failed_.insert_or_assign(who->number, why);
    if (present_.size() == 1 && !others_may()) {
        if (waits) failed_.erase(who->number);
        return false;
    }
    drop(*who, &which);
    if (orphaned_) seek(change::move, true);
    return true;
}

void pool_stream::brought(const download::source_choice& at, std::int64_t count) noexcept {
    brought_ += count;
    brings* const one = find(at);
    if (!one) return;
    one->bytes += count;
    one->who->brought(pool_->now(), count);
    one->who->circuits[file_.dc].succeeded();
    if (!failed_.empty())
        std::erase_if(failed_, [](const auto& each) {
            return is_of_data_centre(each.second) || step_after(each.second) == account_step::wait;
        });
}

std::optional<wait_info> pool_stream::wait(std::optional<wait_info> of_present, time_point now) {
    const bool floods = of_present && of_present->kind == wait_kind::flood;
    if (!floods && !orphaned_) return of_present;
    const choice rest = others();
    if (!rest.order.empty()) return floods ? std::nullopt : of_present;
    if (!floods && !rest.first_end) return of_present;
    wait_info made = floods ? *of_present : wait_info();
    made.kind = wait_kind::flood;
    if (!floods) made.begin = now;
    if (!floods) made.dc = file_.dc;
    made.accounts = static_cast<int>(rest.waiting.size() + (orphaned_ ? 0 : present_.size()));
    if (rest.first_end) made.end = std::min(made.end.value_or(*rest.first_end), *rest.first_end);
    return made;
}

}  // namespace mtproto::pooling
