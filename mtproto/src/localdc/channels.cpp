// Reading the options, membership.
#include "localdc/channels.hpp"

#include <algorithm>

namespace mtproto::localdc {

outcome<channels> channels::make(const local_dc_options& options, int last_message) {
    channels made;
    made.all_.push_back({channel_id, options.channel, options.channel});
    std::int64_t next_id = channel_id + 1;
    for (const local_channel& each : options.private_channels) {
        channel one{each.id, each.title, {}, each.members, each.messages};
        while (one.id == 0 || (each.id == 0 && made.find(one.id)))
            one.id = next_id++;
        if (one.id < 0 || made.find(one.id))
            return failure(errc::bad_argument,
                           "two channels cannot have the number " + std::to_string(one.id));
        if (!one.messages.empty() && (*one.messages.begin() < 1 || *one.messages.rbegin() > last_message))
            return failure(errc::bad_argument,
                           "a private channel's messages have ids from 1 to " + std::to_string(last_message));
        made.apart_.insert(one.messages.begin(), one.messages.end());
        made.all_.push_back(std::move(one));
    }
    return made;
}

const channel* channels::find(std::int64_t id) const noexcept {
    const auto found =
        std::find_if(all_.begin(), all_.end(), [id](const channel& one) { return one.id == id; });
    return found == all_.end() ? nullptr : &*found;
}

bool channels::set_member(std::int64_t id, std::int64_t user, bool member) {
    const auto found =
        std::find_if(all_.begin() + 1, all_.end(), [id](const channel& one) { return one.id == id; });
    if (found == all_.end()) return false;
    if (member)
        found->members.insert(user);
    else
        found->members.erase(user);
    return true;
}

bool channels::may_see(const channel& which, std::int64_t user) const noexcept {
    return !which.username.empty() || which.members.contains(user);
}

bool channels::has(const channel& in, int message) const noexcept {
    return in.messages.empty() ? !apart_.contains(message) : in.messages.contains(message);
}

}  // namespace mtproto::localdc
