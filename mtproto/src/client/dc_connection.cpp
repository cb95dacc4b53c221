// Requests for files: the server's answer goes to the caller, but for a forgotten authorization.
#include "client/dc_connection.hpp"

#include "client/advice.hpp"

namespace mtproto::core {
namespace {

/// A data centre that forgets the authorization straight after each of so many imports will not keep it. A
/// download's connections are many, and another may meet with the next loss before this one has its answer.
constexpr int most_imports = 3;
/// A request follows its connection so often: to other addresses, and back.
constexpr int most_moves = 2;

/// Rather than what the server says, or whoever asked.
bool is_of_connection(const failure& why) {
    return why.code != errc::rpc_error && why.code != errc::cancelled;
}

std::shared_ptr<net::connection> carrier(connected_account& account, int dc, int index) {
    return account.data_centres().at(dc).carrier(index);
}

}  // namespace

io::awaitable<outcome<bytes>> dc_connection::call(bytes request, std::string_view method) {
    const std::weak_ptr<connected_account> owner = account_;
    const int dc = dc_;
    const int index = index_;
    const std::string name(method);
    int imports = 0;
    for (int moves = 0;;) {
        std::shared_ptr<connected_account> account = owner.lock();
        if (!account) co_return failure(errc::connection_closed);
        const int authorization = account->authorizations().count(dc);
        const std::shared_ptr<net::connection> over = carrier(*account, dc, index);
        account.reset();  // a client that goes away is not to wait for this
        outcome<bytes> answer = co_await over->call(request, name, true);
        account = owner.lock();
        if (!account) co_return answer;
        data_centre& centre = account->data_centres().at(dc);
        if (answer) {
            centre.served_file();
            co_return answer;
        }
        if (is_of_connection(answer.error())) {
            if (moves == most_moves) co_return answer;
            if (carrier(*account, dc, index) == over) {
                const bool elsewhere = co_await account->look_elsewhere(dc);
                if (!elsewhere && carrier(*account, dc, index) == over) co_return answer;
            }
            ++moves;
            continue;
        }
        // A data centre that cannot serve at these addresses may do so at its others.
        if (answer.error().rpc_code < 0 && centre.refused_file() && moves < most_moves) {
            const bool elsewhere = co_await account->look_elsewhere(dc);
            if (elsewhere) {
                ++moves;
                continue;
            }
        }
        const rpc::action action = advice_on(answer.error(), dc == account->home()).action;
        const bool forgotten = action == rpc::action::import_again;
        const bool killed = action == rpc::action::session_dead;
        if (!forgotten && !killed && action != rpc::action::logged_out) co_return answer;
        account->authorizations().lost(dc, authorization);
        if (dc == account->home()) co_return not_logged_in(answer.error());
        if (imports++ == most_imports) co_return answer;
        const outcome<void> again = co_await account->authorizations().ensure(dc);
        if (!again) co_return again.error();
    }
}

io::awaitable<outcome<void>> dc_connection::check() {
    const std::weak_ptr<connected_account> owner = account_;
    const int dc = dc_;
    const int index = index_;
    for (int moves = 0;; ++moves) {
        std::shared_ptr<connected_account> account = owner.lock();
        if (!account) co_return failure(errc::connection_closed);
        const std::shared_ptr<net::connection> over = carrier(*account, dc, index);
        account.reset();
        outcome<void> alive = co_await net::connection::check(over);
        account = owner.lock();
        if (alive || !account || moves == most_moves || !is_of_connection(alive.error())) co_return alive;
        if (carrier(*account, dc, index) != over) continue;
        const bool elsewhere = co_await account->look_elsewhere(dc);
        if (!elsewhere && carrier(*account, dc, index) == over) co_return alive;
    }
}

std::shared_ptr<const net::connection> dc_connection::present() const {
    const std::shared_ptr<connected_account> account = account_.lock();
    const data_centre* centre = account ? account->data_centres().find(dc_) : nullptr;
    return centre ? centre->present_carrier(index_) : nullptr;
}

duration dc_connection::min_rtt() const {
    const std::shared_ptr<const net::connection> over = present();
    return over ? over->min_rtt() : duration{};
}

std::optional<wait_info> dc_connection::wait() const {
    const std::shared_ptr<const net::connection> over = present();
    return over ? over->wait() : std::nullopt;
}

bool dc_connection::serves() const {
    const std::shared_ptr<const net::connection> over = present();
    return over && over->serves();
}

}  // namespace mtproto::core
