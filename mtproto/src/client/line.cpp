// Requests for files: what the server says goes to the caller, but for a forgotten authorization.
#include "client/line.hpp"

#include "client/advice.hpp"

namespace mtproto::core {
namespace {

/// A data centre that forgets the authorization straight after each of so many imports will not keep it. A
/// download's lines are many, and another may meet with the next loss before this one has its answer.
constexpr int most_imports = 3;
/// A request follows its line so often: to other addresses, and back.
constexpr int most_moves = 2;

/// Rather than what the server says, or whoever asked.
bool is_of_line(const failure& why) {
    return why.code != errc::rpc_error && why.code != errc::cancelled;
}

}  // namespace

io::awaitable<outcome<bytes>> line_over::call(bytes request, std::string_view method) {
    const std::weak_ptr<engine> owner = owner_;
    const int dc = dc_;
    const int index = index_;
    const std::string name(method);
    int imports = 0;
    for (int moves = 0;;) {
        std::shared_ptr<engine> whole = owner.lock();
        if (!whole) co_return failure(errc::connection_closed);
        const int authorization = whole->authorizations(dc);
        const std::shared_ptr<net::connection> over = whole->carrier(dc, index);
        whole.reset();  // a client that goes away is not to wait for this
        outcome<bytes> answer = co_await over->call(request, name, true);
        if (answer) co_return answer;
        whole = owner.lock();
        if (!whole) co_return answer;
        if (is_of_line(answer.error())) {
            if (moves == most_moves) co_return answer;
            if (whole->carrier(dc, index) == over) {
                const bool elsewhere = co_await whole->look_elsewhere(dc);
                if (!elsewhere && whole->carrier(dc, index) == over) co_return answer;
            }
            ++moves;
            continue;
        }
        const rpc::action what = advice_on(answer.error(), whole->is_home(dc)).what;
        const bool forgotten = what == rpc::action::import_again;
        const bool killed = what == rpc::action::session_dead;
        if (!forgotten && !killed && what != rpc::action::logged_out) co_return answer;
        whole->authorization_lost(dc, authorization);
        if (whole->is_home(dc)) co_return not_logged_in(answer.error());
        if (imports++ == most_imports) co_return answer;
        const outcome<void> again = co_await whole->ensure_authorized(dc);
        if (!again) co_return again.error();
    }
}

io::awaitable<outcome<void>> line_over::check() {
    const std::weak_ptr<engine> owner = owner_;
    const int dc = dc_;
    const int index = index_;
    for (int moves = 0;; ++moves) {
        std::shared_ptr<engine> whole = owner.lock();
        if (!whole) co_return failure(errc::connection_closed);
        const std::shared_ptr<net::connection> over = whole->carrier(dc, index);
        whole.reset();
        outcome<void> alive = co_await net::connection::check(over);
        whole = owner.lock();
        if (alive || !whole || moves == most_moves || !is_of_line(alive.error())) co_return alive;
        if (whole->carrier(dc, index) != over) continue;
        const bool elsewhere = co_await whole->look_elsewhere(dc);
        if (!elsewhere && whole->carrier(dc, index) == over) co_return alive;
    }
}

std::shared_ptr<const net::connection> line_over::present() const {
    const std::shared_ptr<engine> whole = owner_.lock();
    return whole ? whole->present_carrier(dc_, index_) : nullptr;
}

duration line_over::min_rtt() const {
    const std::shared_ptr<const net::connection> over = present();
    return over ? over->min_rtt() : duration{};
}

std::optional<wait_info> line_over::wait() const {
    const std::shared_ptr<const net::connection> over = present();
    return over ? over->wait() : std::nullopt;
}

bool line_over::serves() const {
    const std::shared_ptr<const net::connection> over = present();
    return over && over->serves();
}

io::awaitable<outcome<bytes>> cdn_line_over::call(bytes request, std::string_view method) {
    const std::shared_ptr<net::connection> over = over_;
    std::string name(method);
    outcome<bytes> answer = co_await over->call(std::move(request), std::move(name), true);
    co_return answer;
}

}  // namespace mtproto::core
