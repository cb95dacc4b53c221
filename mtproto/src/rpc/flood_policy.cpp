// Deadlines of flood waits, and who keeps those of some kinds.
#include "rpc/flood_policy.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::rpc {

void flood_policy::hold(const key& what, time_point now, duration wait) {
    if (told_) told_(what, wait);
    learn(what, now, wait);
}

void flood_policy::learn(const key& what, time_point now, duration wait) {
    if (flood_keeper* keeper = keeper_of(what)) return keeper->hold(what.dc, now, wait);
    time_point& until = until_.try_emplace(what, now).first->second;
    until = std::max(until, now + wait);
}

std::optional<time_point> flood_policy::not_before(const key& what, time_point now) {
    if (flood_keeper* keeper = keeper_of(what)) return keeper->not_before(what.dc, now);
    const auto found = until_.find(what);
    if (found == until_.end()) return std::nullopt;
    if (found->second > now) return found->second;
    until_.erase(found);
    return std::nullopt;
}

void flood_policy::leave_to(std::shared_ptr<flood_keeper> keeper, const std::string& kind, time_point now) {
    for (const auto& [what, until] : until_)
        if (what.kind == kind && until > now) keeper->hold(what.dc, now, until - now);
    std::erase_if(until_, [&](const auto& each) { return each.first.kind == kind; });
    keepers_[kind] = std::move(keeper);
}

flood_keeper* flood_policy::keeper_of(const key& what) const {
    const auto found = keepers_.find(what.kind);
    return found == keepers_.end() ? nullptr : found->second.get();
}

std::string method_class(std::string_view method) {
    const bool reads_file = method.starts_with("upload.get") || method == "upload.reuploadCdnFile";
    return std::string(reads_file ? downloads : method);
}

flood_policy::key flood_key(int dc, std::string_view method) {
    flood_policy::key made;
    made.dc = dc;
    made.kind = method_class(method);
    return made;
}

}  // namespace mtproto::rpc
