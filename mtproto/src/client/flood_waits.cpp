// One request at a time waits here, by the deadlines of the account's services.
#include "client/flood_waits.hpp"

#include "net/rpc_failure.hpp"
#include "rpc/flood_policy.hpp"

#include <mtproto/tl_api.hpp>

#include <algorithm>
#include <string_view>

namespace mtproto::core {

io::awaitable<outcome<void>> flood_waits::wait_out(int dc, const std::string& method,
                                                   wait_list::request& wait) {
    const rpc::flood_policy::key kind = rpc::flood_key(dc, method);
    rpc::flood_policy& floods = account_.services->floods;
    while (const std::optional<time_point> until = floods.not_before(kind, account_.now())) {
        if (*until - account_.now() > account_.settings.max_wait) {
            failure held = net::rest_of_wait(*until, account_.now());
            held.method = method;
            held.dc = dc;
            co_return held;
        }
        wait.held(dc, *until);
        if (const outcome<void> rested = co_await account_.lifetime.sleep_until(*until); !rested)
            co_return rested.error();
    }
    co_return outcome<void>{};
}

std::optional<time_point> flood_waits::before_files(int dc) {
    const time_point now = account_.now();
    std::optional<time_point> latest;
    const auto consider = [&](int at, std::string_view method) {
        const auto until = account_.services->floods.not_before(rpc::flood_key(at, method), now);
        if (until) latest = std::max(latest.value_or(*until), *until);
    };
    const int home = account_.session.home();
    consider(home, tl::help::getConfig::tl_name);
    consider(home, tl::auth::exportAuthorization::tl_name);
    consider(dc, tl::auth::importAuthorization::tl_name);
    for (const int each : {home, dc})
        consider(each, tl::auth::bindTempAuthKey::tl_name);
    return latest;
}

}  // namespace mtproto::core
