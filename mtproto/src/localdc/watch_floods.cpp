// Queries that come too early, and answers that tell a client to wait.
#include "localdc/watch_floods.hpp"

#include <algorithm>
#include <functional>
#include <string>

namespace mtproto::localdc {
namespace {

// The seconds of a fault that answers "420 FLOOD_WAIT_X" or its like.
std::optional<std::chrono::seconds> flood_of(const traffic::fault* fault) {
    if (!fault || fault->kind != traffic::fault_kind::rpc_error) return std::nullopt;
    const std::string& text = fault->text;
    const std::size_t number = text.rfind('_') + 1;
    if (!text.starts_with("420 FLOOD_") || number == 0) return std::nullopt;
    const auto seconds = traffic::read_number(std::string_view(text).substr(number));
    if (!seconds) return std::nullopt;
    constexpr std::int64_t day = 24 * 60 * 60;
    return std::chrono::seconds(std::min(*seconds, day));
}

}  // namespace

void watch_floods(call& now, const query_result& answered, bool begins) {
    if (!now.cluster.may_flood()) return;
    flood_watch& floods = now.cluster.keeping.floods;
    const unix_time time = now.cluster.env.time->unix_now();
    const key_state& permanent = now.key.bound_to ? *now.key.bound_to : now.key;
    const flood_watch::subject subject{now.dc.id, permanent.key->id(), std::string(now.method)};
    const flood_watch::query query{now.session.id(), now.msg_id,
                                   std::hash<std::string_view>()(as_text(now.query)), begins};
    const std::optional<duration> early = floods.asked(subject, query, time);
    if (early) ++now.cluster.counters.accounts[now.login.user].early_requests;
    if (early && now.cluster.env.log) {
        const auto by = std::chrono::duration_cast<std::chrono::milliseconds>(*early).count();
        now.cluster.env.log(log_level::warning, subject.method + " came " + std::to_string(by) +
                                                    " ms before its flood wait was over");
    }
    if (now.flood_wait) return floods.told(subject, query, time, *now.flood_wait);
    if (const auto wait = flood_of(answered.fault)) {
        count_flood(now);
        floods.told(subject, query, time, *wait);
    }
}

}  // namespace mtproto::localdc
