// Requests for files: what the server says goes to the caller, but for a forgotten authorization.
#include "client/line.hpp"

#include "client/advice.hpp"
#include "net/transport_errors.hpp"

namespace mtproto::core {
namespace {

/// A data centre that forgets the authorization straight after each of so many imports will not keep it. A
/// download's lines are many, and another may meet with the next loss before this one has its answer.
constexpr int most_imports = 3;

/// Rather than what the server says, or whoever asked. One that refuses a connection too many serves.
bool is_of_line(const failure& why) {
    if (why.code == errc::transport_error && why.rpc_code == net::too_many_connections) return false;
    return why.code != errc::rpc_error && why.code != errc::cancelled;
}

}  // namespace

io::awaitable<outcome<bytes>> line_over::call(bytes request, std::string_view method) {
    const std::shared_ptr<net::connection> over = over_;
    const std::weak_ptr<engine> owner = owner_;
    const int dc = dc_;
    const std::string name(method);
    for (int imports = 0;; ++imports) {
        int authorization = 0;
        if (const std::shared_ptr<engine> before = owner.lock()) authorization = before->authorizations(dc);
        outcome<bytes> answer = co_await over->call(request, name, true);
        if (answer) co_return answer;
        const std::shared_ptr<engine> whole = owner.lock();
        if (!whole) co_return answer;
        if (is_of_line(answer.error())) {
            co_await whole->line_failed(dc);
            co_return answer;
        }
        const rpc::action what = advice_on(answer.error(), whole->is_home(dc)).what;
        const bool forgotten = what == rpc::action::import_again;
        const bool killed = what == rpc::action::session_dead;
        if (!forgotten && !killed && what != rpc::action::logged_out) co_return answer;
        whole->authorization_lost(dc, authorization);
        if (whole->is_home(dc)) co_return not_logged_in(answer.error());
        if (imports == most_imports) co_return answer;
        const outcome<void> again = co_await whole->ensure_authorized(dc);
        if (!again) co_return again.error();
    }
}

io::awaitable<outcome<void>> line_over::check() {
    const std::shared_ptr<net::connection> over = over_;
    const std::weak_ptr<engine> owner = owner_;
    const int dc = dc_;
    outcome<void> alive = co_await net::connection::check(over);
    const std::shared_ptr<engine> whole = owner.lock();
    if (whole && !alive && is_of_line(alive.error())) co_await whole->line_failed(dc);
    co_return alive;
}

io::awaitable<outcome<bytes>> cdn_line_over::call(bytes request, std::string_view method) {
    const std::shared_ptr<net::connection> over = over_;
    std::string name(method);
    outcome<bytes> answer = co_await over->call(std::move(request), std::move(name), true);
    co_return answer;
}

}  // namespace mtproto::core
