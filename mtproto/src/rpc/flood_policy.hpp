// When a kind of request may be sent again after a flood wait: shared by all that send it (protocol 6).
#pragma once

#include <mtproto/clock.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace mtproto::rpc {

/// Of one account. A flood wait is for a DC and a kind of request: one request's wait holds back the others,
/// so that they do not run into it one by one. Not thread safe.
class flood_policy {
  public:
    struct key {
        int dc = 0;
        std::string kind;  ///< method_class() of the request
        friend auto operator<=>(const key&, const key&) = default;
    };

    /// A 420 came: nothing of this kind before `now + wait`. A longer wait stands.
    void hold(const key& what, time_point now, duration wait);
    /// The moment before which nothing of this kind may be sent; nothing when it may go at once.
    std::optional<time_point> not_before(const key& what, time_point now);

  private:
    std::map<key, time_point> until_;
};

/// The class in which a method's floods count: what reads files ("upload.getFile", "upload.getCdnFile",
/// "upload.getFileHashes" ...) is "download" all together, anything else stands under its own name.
std::string method_class(std::string_view method);

/// What a request for `method` at `dc` is held by.
flood_policy::key flood_key(int dc, std::string_view method);

}  // namespace mtproto::rpc
