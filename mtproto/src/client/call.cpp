// One request to its end: floods waited out, migrations followed, passing faults tried again (protocol 6).
#include "client/advice.hpp"
#include "client/engine.hpp"
#include "net/rpc_failure.hpp"
#include "rpc/backoff.hpp"

#include <mtproto/tl_api.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>

namespace mtproto::core {
namespace {

/// Data centres that one request may be sent on to: more is a circle.
constexpr int most_migrations = 4;

bool is_migration(rpc::action what) noexcept {
    return what == rpc::action::migrate_home || what == rpc::action::migrate_file ||
           what == rpc::action::migrate_stats;
}

}  // namespace

bool is_read(std::string_view method) noexcept {
    const std::size_t dot = method.rfind('.');
    const std::string_view name = dot == std::string_view::npos ? method : method.substr(dot + 1);
    constexpr std::string_view reading[] = {"get", "resolve", "search"};
    return std::any_of(std::begin(reading), std::end(reading),
                       [&](std::string_view each) { return name.substr(0, each.size()) == each; });
}

io::awaitable<outcome<bytes>> engine::call(bytes request, std::string_view method, call_options options) {
    const auto self = shared_from_this();
    const std::string name(method);
    co_await refresh_if_due();
    if (options.dc != 0) {
        if (const outcome<void> may = co_await ensure_authorized(options.dc); !may) co_return may.error();
    }
    co_return co_await call_at(options.dc, request, name, options.idempotent);
}

io::awaitable<outcome<void>> engine::rest_until(time_point when) {
    using namespace boost::asio::experimental::awaitable_operators;
    const auto first = co_await (shared_->where.time->sleep_until(when) || closing_.wait());
    if (closed_) co_return errc::connection_closed;
    if (first.index() == 0 && std::get<0>(first)) co_return outcome<void>{};
    co_return errc::cancelled;
}

io::awaitable<outcome<void>> engine::wait_out_floods(int dc, const std::string& method,
                                                     wait_list::request& here) {
    const rpc::flood_policy::key which = rpc::flood_key(dc, method);
    while (const std::optional<time_point> until = shared_->floods.not_before(which, shared_->now())) {
        if (*until - shared_->now() > settings_.max_wait) {
            failure held = net::rest_of_wait(*until, shared_->now());
            held.method = method;
            held.dc = dc;
            co_return held;
        }
        here.held(dc, *until);
        if (const outcome<void> waited = co_await rest_until(*until); !waited) co_return waited.error();
    }
    co_return outcome<void>{};
}

io::awaitable<outcome<bytes>> engine::ask_main(centre& at, const bytes& request, const std::string& method,
                                               bool idempotent, wait_list::request& here) {
    main_of(at);
    const std::shared_ptr<net::connection> over = at.main;
    here.sent(at.dc, [over] { return over->wait(); });
    co_return co_await over->call(request, method, idempotent);
}

bool engine::may_follow(const std::string& method, int dc) const {
    // The configuration would have to be fetched to go there, and this is the fetching of it.
    if (refreshing_ && method == tl::help::getConfig::tl_name) return table_.knows(dc);
    // The home that a migration leads away from is the one to export from.
    return method != tl::auth::exportAuthorization::tl_name;
}

io::awaitable<outcome<bytes>> engine::call_at(int dc, const bytes& request, const std::string& method,
                                              bool idempotent) {
    rpc::backoff pause;
    rpc::retry_budget tries;
    int migrations = 0;
    bool mended = false;  // once: configuration or authorization
    wait_list::request here(waits_, method);
    for (;;) {
        const bool home = dc == 0 || is_home(dc);
        const int where = dc == 0 ? session_.home() : dc;
        if (const outcome<void> waited = co_await wait_out_floods(where, method, here); !waited)
            co_return waited.error();
        const outcome<centre*> found = co_await find_centre(where);
        if (!found) co_return found.error();
        const int authorization = authorizations(where);
        outcome<bytes> answer = co_await ask_main(**found, request, method, idempotent, here);
        if (answer) co_return answer;

        const failure& why = answer.error();
        const rpc::advice advice = advice_on(why, home);
        if (is_migration(advice.what) && !may_follow(method, advice.value)) co_return answer;
        switch (advice.what) {
            case rpc::action::wait:
                // Of a request before this one, as a binding: the connection would have waited for a shorter
                // one.
                if (why.method != method) co_return answer;
                // The connection has noted until when (wait_out_floods).
                shared_->log(log_level::warning, "waiting as asked: " + why.message());
                break;
            case rpc::action::retry: {
                if (!tries.take()) co_return answer;
                const duration time = pause.next(*shared_->where.random, advice.delay);
                const outcome<void> waited = co_await rest_until(shared_->now() + time);
                if (!waited) co_return waited.error();
                break;
            }
            case rpc::action::migrate_home: {
                if (dc != 0 || ++migrations > most_migrations) co_return answer;
                const outcome<centre*> there = co_await find_centre(advice.value);
                if (!there) co_return there.error();
                // A login is kept by taking it along, while the home it is known at is still this one.
                if (const outcome<void> may = co_await ensure_authorized(advice.value); !may)
                    co_return may.error();
                shared_->log(log_level::info, "the account's home is DC " + std::to_string(advice.value));
                session_.home_moved(advice.value);
                break;
            }
            case rpc::action::migrate_file:
            case rpc::action::migrate_stats:
                if (++migrations > most_migrations) co_return answer;
                dc = advice.value;
                if (const outcome<void> may = co_await ensure_authorized(dc); !may) co_return may.error();
                break;
            case rpc::action::refresh_config:
                if (std::exchange(mended, true) || refreshing_) co_return answer;
                if (const outcome<void> fetched = co_await refresh_config(); !fetched)
                    co_return fetched.error();
                break;
            case rpc::action::logged_out:
                authorization_lost(where, authorization);
                co_return not_logged_in(why);
            case rpc::action::session_dead:  // the connection has dropped the key already
            case rpc::action::import_again:
                authorization_lost(where, authorization);
                if (home || std::exchange(mended, true)) co_return not_logged_in(why);
                if (const outcome<void> may = co_await ensure_authorized(where); !may) co_return may.error();
                break;
            default:
                co_return answer;
        }
    }
}

}  // namespace mtproto::core
