// When a kind of request may be sent again after a flood wait: shared by all that send it (protocol 6).
#pragma once

#include <mtproto/clock.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace mtproto::rpc {

/// Keeps the waits of one kind of request, at every DC, in place of a policy.
class flood_keeper {
  public:
    virtual ~flood_keeper() = default;
    /// A 420 came: nothing before `now + wait`. A longer wait stands.
    virtual void hold(int dc, time_point now, duration wait) = 0;
    /// The moment before which nothing may be sent; nothing when it may go at once.
    virtual std::optional<time_point> not_before(int dc, time_point now) = 0;
};

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
    /// The same, when another process was told.
    void learn(const key& what, time_point now, duration wait);
    /// `told` hears of each 420, on the spot. Empty: nobody.
    void on_hold(std::function<void(const key& which, duration wait)> told) { told_ = std::move(told); }
    /// The moment before which nothing of this kind may be sent; nothing when it may go at once.
    std::optional<time_point> not_before(const key& what, time_point now);
    /// From now on `keeper` is told and asked about requests of `kind`; waits that hold already go to it.
    void leave_to(std::shared_ptr<flood_keeper> keeper, const std::string& kind, time_point now);

  private:
    flood_keeper* keeper_of(const key& what) const;

    std::function<void(const key&, duration)> told_;
    std::map<key, time_point> until_;
    std::map<std::string, std::shared_ptr<flood_keeper>> keepers_;  ///< by kind
};

/// The class of all that reads files: "upload.getFile", "upload.getCdnFile", "upload.getFileHashes",
/// "upload.reuploadCdnFile" ...
inline constexpr std::string_view downloads = "download";

/// The class in which a method's floods count: `downloads`, or the method's own name.
std::string method_class(std::string_view method);

/// The key of the waits that hold a request for `method` at `dc`.
flood_policy::key flood_key(int dc, std::string_view method);

}  // namespace mtproto::rpc
