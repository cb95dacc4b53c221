// The public channel and the private ones: which messages each has, and who may see it.
#pragma once

#include <mtproto/error.hpp>
#include <mtproto/local_dc.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace mtproto::localdc {

/// The number that names the public channel.
inline constexpr std::int64_t channel_id = 1'500'000'001;

/// Messages have the same ids in all channels.
struct channel {
    std::int64_t id = 0;
    std::string title;
    std::string username;  ///< empty: private
    std::set<std::int64_t> members{};
    std::set<int> messages{};  ///< that it has alone, or none: all that no other has alone
};

/// Not thread safe.
class channels {
  public:
    /// Errors: errc::bad_argument for two channels with one number, and for messages that there are not.
    static outcome<channels> make(const local_dc_options& options, int last_message);

    const std::vector<channel>& all() const noexcept { return all_; }
    const channel& open() const noexcept { return all_.front(); }
    /// Null when there is none.
    const channel* find(std::int64_t id) const noexcept;
    /// False when there is no such private channel.
    bool set_member(std::int64_t id, std::int64_t user, bool member);

    bool may_see(const channel& which, std::int64_t user) const noexcept;
    /// Whether a message is in a channel, if there is any of this id.
    bool has(const channel& in, int message) const noexcept;

  private:
    channels() = default;

    std::vector<channel> all_;  // the public one first
    std::set<int> apart_;       // messages that one private channel has alone
};

}  // namespace mtproto::localdc
