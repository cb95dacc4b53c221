// Follows the advice of rpc on each failure, within bounds.
#include "client/requests.hpp"

#include "client/advice.hpp"
#include "client/freeze.hpp"
#include "rpc/backoff.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <algorithm>
#include <utility>

namespace mtproto::core {
namespace {

/// Where the server does not tell for how long it refuses a request, it is asked again for so long in all.
constexpr duration longest_unnamed_wait = std::chrono::minutes(2);

/// Data centres that one request may be sent on to: more is a circle.
constexpr int most_migrations = 4;

bool is_migration(rpc::action what) noexcept {
    return what == rpc::action::migrate_home || what == rpc::action::migrate_file ||
           what == rpc::action::migrate_stats;
}

bool is_frozen(const failure& why) noexcept {
    return why.is("FROZEN_METHOD_INVALID") || why.is("FROZEN_PARTICIPANT_MISSING");
}

}  // namespace

bool requests::may_follow(const std::string& method, int dc) const {
    // The configuration would have to be fetched to go there, and this is the fetching of it.
    if (configuration_.refreshing() && method == tl::help::getConfig::tl_name)
        return account_.servers.addresses.knows(dc);
    // The home that a migration leads away from is the one to export from.
    return method != tl::auth::exportAuthorization::tl_name;
}

/// With what the account's home tells of the freeze.
io::awaitable<failure> requests::with_freeze(failure why, wait_list::request& wait) {
    const bytes question = tl::encode(tl::help::getAppConfig{});
    const std::string method(tl::help::getAppConfig::tl_name);
    const outcome<bytes> answer =
        co_await pool_.at(account_.session.home()).ask(question, method, true, wait);
    if (!answer) co_return why;
    const auto told = tl::decode<tl::help::AppConfig>(*answer);
    if (!told) co_return why;
    if (const std::optional<freeze> found = freeze_of(*told)) why.detail = in_words(*found);
    co_return why;
}

io::awaitable<outcome<bytes>> requests::call(bytes request, std::string_view method_name,
                                             call_options options) {
    const std::string method(method_name);
    int dc = options.dc;
    rpc::backoff pause;
    rpc::retry_budget tries;
    rpc::backoff unnamed_pause;
    duration unnamed_wait{0};
    int migrations = 0;
    bool mended = false;  // once: configuration or authorization
    wait_list::request here(account_.waits, method);
    for (;;) {
        const int target = dc == 0 ? account_.session.home() : dc;
        const bool home = target == account_.session.home();
        if (const outcome<void> waited = co_await floods_.wait_out(target, method, here); !waited)
            co_return waited.error();
        if (const outcome<void> known = co_await configuration_.require(target); !known)
            co_return known.error();
        const int authorization = authorizations_.count(target);
        outcome<bytes> answer = co_await pool_.at(target).ask(request, method, options.idempotent, here);
        if (answer) co_return answer;

        const failure& why = answer.error();
        const rpc::advice advice = advice_on(why, home);
        if (is_migration(advice.action) && !may_follow(method, advice.value)) co_return answer;
        switch (advice.action) {
            case rpc::action::wait:
                // Of a request before this one, as a binding: the connection would have waited for a shorter
                // one.
                if (why.method != method) co_return answer;
                // The connection has noted until when (flood_waits).
                account_.log(log_level::warning, "waiting as asked: " + why.message());
                break;
            case rpc::action::retry: {
                // A server that failed inside may have carried the request out.
                if (!options.idempotent || !tries.take()) co_return answer;
                const duration time = pause.next(*account_.environment().random, advice.delay);
                const outcome<void> waited = co_await account_.lifetime.sleep_until(account_.now() + time);
                if (!waited) co_return waited.error();
                break;
            }
            case rpc::action::back_off: {
                const duration time = unnamed_pause.next(*account_.environment().random);
                unnamed_wait += time;
                if (unnamed_wait > std::min(longest_unnamed_wait, account_.settings.max_wait))
                    co_return answer;
                const time_point until = account_.now() + time;
                here.held(target, until);
                const outcome<void> waited = co_await account_.lifetime.sleep_until(until);
                if (!waited) co_return waited.error();
                break;
            }
            case rpc::action::migrate_home: {
                if (dc != 0 || ++migrations > most_migrations) co_return answer;
                const outcome<void> known = co_await configuration_.require(advice.value);
                if (!known) co_return known.error();
                // A login is kept by taking it along, while the home it is known at is still this one.
                if (const outcome<void> may = co_await authorizations_.ensure(advice.value); !may)
                    co_return may.error();
                account_.log(log_level::info, "the account's home is DC " + std::to_string(advice.value));
                account_.session.home_moved(advice.value);
                break;
            }
            case rpc::action::migrate_file:
            case rpc::action::migrate_stats:
                if (++migrations > most_migrations) co_return answer;
                dc = advice.value;
                if (const outcome<void> may = co_await authorizations_.ensure(dc); !may)
                    co_return may.error();
                break;
            case rpc::action::refresh_config:
                if (std::exchange(mended, true) || configuration_.refreshing()) co_return answer;
                if (const outcome<void> fetched = co_await configuration_.refresh(); !fetched)
                    co_return fetched.error();
                break;
            case rpc::action::logged_out:
                authorizations_.lost(target, authorization);
                co_return not_logged_in(why);
            case rpc::action::session_dead:  // the connection has dropped the key already
            case rpc::action::import_again:
                authorizations_.lost(target, authorization);
                if (home || std::exchange(mended, true)) co_return not_logged_in(why);
                if (const outcome<void> may = co_await authorizations_.ensure(target); !may)
                    co_return may.error();
                break;
            default:
                if (!is_frozen(why)) co_return answer;
                co_return co_await with_freeze(why, here);
        }
    }
}

}  // namespace mtproto::core
