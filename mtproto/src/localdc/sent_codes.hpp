// Login codes that were sent and not used yet.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/local_dc_sign_in.hpp>
#include <mtproto/random.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace mtproto::localdc {

/// How a code comes.
struct sent_code {
    std::string phone;
    std::size_t place = 0;  ///< in local_dc_sign_in::codes
    time_point sent_at{};
    std::string email{};     ///< that was given for codes
    bool confirmed = false;  ///< it was given rightly: the number may sign up
};

class sent_codes {
  public:
    /// Remembers it; gives the hash that belongs to it.
    std::string add(sent_code made, random_source& random);
    /// Null where the hash was not given out for this number.
    sent_code* find(const std::string& phone, const std::string& hash);
    void forget(const std::string& hash) { codes_.erase(hash); }

  private:
    std::map<std::string, sent_code> codes_;  // by hash
};

}  // namespace mtproto::localdc
