// Takeouts: account.initTakeoutSession, its end, and what only a takeout may ask.
#include "localdc/decoded.hpp"

#include <mtproto/tl_api.hpp>

#include <array>
#include <limits>

namespace mtproto::localdc {
namespace {

reply begin(call& now, tl::account::initTakeoutSession&) {
    takeouts& all = now.cluster.keeping.takeouts;
    if (const auto wait = all.asked(now.login.user, now.cluster.env.time->now())) {
        now.flood_wait = *wait;
        throw refusal{420, "TAKEOUT_INIT_DELAY_" + std::to_string(wait->count())};
    }
    tl::account::takeout answer;
    answer.id = static_cast<std::int64_t>(now.cluster.env.random->next_u64() >> 1);
    all.begin(now.login.user, answer.id);
    return {tl::encode(answer), {}};
}

reply finish(call& now, tl::account::finishTakeoutSession&) {
    if (!now.takeout) throw refusal{403, "TAKEOUT_REQUIRED"};
    now.cluster.keeping.takeouts.finish(now.login.user);
    return {tl::encode(true), {}};
}

// Messages of users and basic groups: nobody has any, so that one range holds them all.
reply get_ranges(call& now, tl::messages::getSplitRanges&) {
    if (!now.takeout) throw refusal{403, "TAKEOUT_REQUIRED"};
    tl::messageRange all;
    all.min_id = 1;
    all.max_id = std::numeric_limits<std::int32_t>::max();
    std::vector<tl::messageRange> answer;
    answer.push_back(all);
    return {tl::encode(answer), {}};
}

}  // namespace

std::span<const method> takeout_methods() {
    static constexpr std::array all{
        entry<tl::account::initTakeoutSession, begin>(needs::user),
        entry<tl::account::finishTakeoutSession, finish>(needs::user),
        entry<tl::messages::getSplitRanges, get_ranges>(needs::user),
    };
    return all;
}

}  // namespace mtproto::localdc
