// What servers have denied accounts: which may not see which chat, for an hour.
#pragma once

#include <mtproto/clock.hpp>

#include <chrono>
#include <map>
#include <string>
#include <utility>

namespace mtproto::pooling {

/// Pure. Accounts are numbers, chats are names as links have them.
class denials {
  public:
    static constexpr duration lasts = std::chrono::hours(1);
    static constexpr std::size_t most = 10'000;

    void add(int account, const std::string& chat, time_point now);
    bool holds(int account, const std::string& chat, time_point now) const;
    /// It does see the chat.
    void forget(int account, const std::string& chat) { until_.erase({account, chat}); }

  private:
    std::map<std::pair<int, std::string>, time_point> until_;
};

}  // namespace mtproto::pooling
