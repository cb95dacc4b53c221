// Windows of requests, and waits that are kept to their end.
#include "localdc/method_floods.hpp"

#include <algorithm>

namespace mtproto::localdc {

const local_flood* method_floods::rule_for(const subject& who) const {
    const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const local_flood& rule) {
        return rule.method == who.method && (rule.user == 0 || rule.user == who.user) &&
               (rule.dc == 0 || rule.dc == who.dc);
    });
    return found == rules_.end() ? nullptr : &*found;
}

std::optional<method_floods::refusal> method_floods::ask(const subject& who, time_point now) {
    if (!any()) return std::nullopt;
    const local_flood* rule = rule_for(who);
    const key of(who.user, std::string(who.method), who.dc);
    const auto found = rule ? kept_.try_emplace(of, record{now}).first : kept_.find(of);
    if (found == kept_.end()) return std::nullopt;
    record& kept = found->second;
    if (kept.until && now < *kept.until)
        return refusal{std::chrono::ceil<std::chrono::seconds>(*kept.until - now), false};
    if (!rule) {
        kept_.erase(found);
        return std::nullopt;
    }
    if (kept.until || now - kept.window_began >= rule->window) kept = {now};
    if (++kept.requests <= rule->requests) return std::nullopt;
    kept.until = now + rule->wait;
    return refusal{rule->wait, true};
}

void method_floods::hold(const subject& who, time_point now, std::chrono::seconds wait) {
    record& kept = kept_.try_emplace({who.user, std::string(who.method), who.dc}, record{now}).first->second;
    kept.until = std::max(kept.until.value_or(now), now + wait);
}

}  // namespace mtproto::localdc
