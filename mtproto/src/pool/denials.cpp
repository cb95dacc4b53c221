// Keeps each denial for its time.
#include "pool/denials.hpp"

namespace mtproto::pooling {

void denials::add(int account, const std::string& chat, time_point now) {
    if (until_.size() >= most) std::erase_if(until_, [&](const auto& one) { return one.second <= now; });
    if (until_.size() >= most) until_.clear();
    until_[{account, chat}] = now + lasts;
}

bool denials::holds(int account, const std::string& chat, time_point now) const {
    const auto found = until_.find({account, chat});
    return found != until_.end() && now < found->second;
}

}  // namespace mtproto::pooling
