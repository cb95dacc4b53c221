// Two uses of a key, compared by the rule.
#include "localdc/key_places.hpp"

#include <algorithm>

namespace mtproto::localdc {

void key_places::accepted(std::int64_t connection, std::string address) {
    if (rule_ != local_key_rule::any_place) in_use_[connection].address = std::move(address);
}

void key_places::named(std::int64_t connection, std::string device) {
    if (const auto found = in_use_.find(connection); found != in_use_.end())
        found->second.device = std::move(device);
}

bool key_places::is_elsewhere(int dc, std::int64_t key, std::int64_t connection) {
    const auto found = in_use_.find(connection);
    if (found == in_use_.end()) return false;
    use& here = found->second;
    here.key = {dc, key};
    return std::any_of(in_use_.begin(), in_use_.end(), [&](const auto& each) {
        return each.second.key == here.key && differ(each.second, here);
    });
}

bool key_places::differ(const use& one, const use& other) const {
    if (one.address != other.address) return true;
    return rule_ == local_key_rule::one_device && !one.device.empty() && !other.device.empty() &&
           one.device != other.device;
}

}  // namespace mtproto::localdc
