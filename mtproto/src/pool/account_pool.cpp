// Chooses accounts, and takes out those that are no more.
#include "pool/account_pool.hpp"

#include "pool/account_step.hpp"
#include "pool/pool_stream.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace mtproto::pooling {
namespace {

std::int64_t capacity_of(std::size_t bytes) {
    constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::min(bytes, most));
}

}  // namespace

account_pool::account_pool(io::asio::any_io_executor executor, pool_options options)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      lifetime_(std::make_shared<core::client_lifetime>(executor_)),
      budget_(capacity_of(options_.byte_budget)),
      cache_(std::make_shared<download::block_cache>(budget_)) {}

account_pool::~account_pool() = default;

member* account_pool::find(std::string_view name) noexcept {
    const auto found = std::find_if(members_.begin(), members_.end(),
                                    [&](const auto& one) { return one->serves() && one->name == name; });
    return found == members_.end() ? nullptr : found->get();
}

void account_pool::log(log_level level, const std::string& line) const {
    if (options_.log) options_.log(level, line);
}

void account_pool::tell(const member& one) const {
    log(log_level::warning, "account " + one.name + ": " + one.why.message());
    if (options_.on_leave) options_.on_leave(one.as_told(now()));
}

void account_pool::leave(member& one, const failure& why) {
    if (!one.serves()) return;
    // It may be a call of its own that told of this.
    auto gone = std::make_shared<client>(std::move(*one.tg));
    io::asio::post(executor_, [gone = std::move(gone)] {});
    one.tg.reset();
    one.why = why;
    files_.forget_account(one.number);
    for (pool_stream* const each : std::vector<pool_stream*>(streams_))
        each->left(one, why);
    one.lease = nullptr;
    tell(one);
}

void account_pool::end(const failure& why) noexcept {
    lifetime_->end(why);
    for (const std::shared_ptr<member>& one : members_)
        one->tg.reset();
}

choice account_pool::choose(const std::string& chat, int dc, std::int64_t size, const std::set<int>& except) {
    std::vector<candidate> all;
    for (const std::shared_ptr<member>& one : members_) {
        candidate made;
        made.present = one->serves() && !except.contains(one->number);
        made.sees = !denials_.holds(one->number, chat, now());
        made.premium = one->premium;
        made.streams = one->streams;
        made.rate = one->rate.rate();
        if (dc != 0 && made.present) {
            made.broken = one->circuits[dc].open(now());
            made.waits_until = one->waits_until(dc, now());
        }
        all.push_back(made);
    }
    return pooling::choose(all, size, now());
}

void account_pool::note(member& one, const std::string& chat, int dc, const failure& why) {
    switch (step_after(why)) {
        case account_step::leave:
            leave(one, why);
            return;
        case account_step::not_here:
            if (!chat.empty()) denials_.add(one.number, chat, now());
            return;
        case account_step::frozen:
            if (one.why.rpc_type == why.rpc_type) return;
            one.why = why;
            tell(one);
            return;
        case account_step::wait:
            return;
        case account_step::stay:
            if (is_of_data_centre(why)) one.circuits[dc].failed(now());
            return;
    }
}

}  // namespace mtproto::pooling
