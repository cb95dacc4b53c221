// Deadlines of flood waits.
#include "rpc/flood_policy.hpp"

#include <algorithm>

namespace mtproto::rpc {

void flood_policy::hold(const key& what, time_point now, duration wait) {
    time_point& until = until_.try_emplace(what, now).first->second;
    until = std::max(until, now + wait);
}

std::optional<time_point> flood_policy::not_before(const key& what, time_point now) {
    const auto found = until_.find(what);
    if (found == until_.end()) return std::nullopt;
    if (found->second > now) return found->second;
    until_.erase(found);
    return std::nullopt;
}

std::string method_class(std::string_view method) {
    constexpr std::string_view downloads = "upload.get";
    if (method.substr(0, downloads.size()) == downloads) return "download";
    return std::string(method);
}

flood_policy::key flood_key(int dc, std::string_view method) {
    flood_policy::key made;
    made.dc = dc;
    made.kind = method_class(method);
    return made;
}

}  // namespace mtproto::rpc
