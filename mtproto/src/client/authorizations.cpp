// One import at a time for each data centre, tried again where it got lost.
#include "client/authorizations.hpp"

#include "base/scope_exit.hpp"
#include "client/advice.hpp"
#include "net/link_failure.hpp"
#include "net/within.hpp"

#include <mtproto/tl_api.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace mtproto::core {
namespace {

/// Exports and imports that got lost before that counts as the end of it.
constexpr int most_lost = 3;
/// An answer that was lost is not waited for: a download that needs it ends after a minute.
constexpr duration answer_patience = std::chrono::seconds(20);

/// With a connection or a key, or because something was changed on its way.
bool got_lost(const failure& import) {
    return import.code == errc::connection_closed || import.code == errc::timed_out ||
           net::is_corrupt(import);
}

}  // namespace

authorizations::at_dc& authorizations::entry(int dc) {
    return entries_.try_emplace(dc, account_.environment().executor).first->second;
}

io::awaitable<outcome<void>> authorizations::ensure(int dc) {
    for (;;) {
        if (dc == account_.session.home() || !account_.session.logged_in()) co_return outcome<void>{};
        if (const outcome<void> known = co_await configuration_.require(dc); !known) co_return known.error();
        if (pool_.at(dc).key().key() && account_.session.authorized(dc)) co_return outcome<void>{};
        at_dc& at = entry(dc);
        if (at.importing) {
            const int failures_before = at.failures;
            if (!co_await at.imported.wait()) co_return errc::cancelled;
            if (at.failures != failures_before) co_return at.last_failure;
            continue;  // done, or given up by the one that asked: this one's turn to try
        }
        at.importing = true;
        const scope_exit at_end([&] {
            at.importing = false;
            at.imported.notify();
        });
        const outcome<void> imported = co_await import_to(dc);
        if (!imported && imported.error().code != errc::cancelled) {
            at.last_failure = imported.error();
            ++at.failures;
        }
        co_return imported;
    }
}

io::awaitable<outcome<void>> authorizations::import_to(int dc) {
    data_centre& there = pool_.at(dc);
    for (int lost = 0;;) {
        tl::auth::exportAuthorization question;
        question.dc_id = dc;
        const int home = account_.session.home();
        const time_point asked = std::max(account_.now(), floods_.before_files(home).value_or(time_point{}));
        auto exporting = call(home_, question);
        outcome<tl::auth::exportedAuthorization> ticket =
            co_await net::within(*account_.environment().time, asked + answer_patience, std::move(exporting));
        // A ticket that nobody uses does no harm.
        if (!ticket && ticket.error().code == errc::timed_out &&
            (floods_.before_files(home) || ++lost < most_lost))
            continue;
        if (!ticket) co_return ticket.error();

        tl::auth::importAuthorization request;
        request.id = ticket->id;
        request.bytes = std::move(ticket->bytes);
        const std::string method(tl::auth::importAuthorization::tl_name);
        const bytes encoded = tl::encode(request);
        // Not through an invoker: what that would mend is what is being made here.
        wait_list::request wait(account_.waits, method);
        const time_point ready = std::max(account_.now(), floods_.before_files(dc).value_or(time_point{}));
        io::awaitable<outcome<bytes>> asking = there.ask(encoded, method, false, wait);
        const outcome<bytes> imported =
            co_await net::within(*account_.environment().time, ready + answer_patience, std::move(asking));
        if (imported) break;
        // Whether it was carried out cannot be learnt. Carrying it out again, with another ticket, does no
        // harm. What waits for a pause that a server has just asked for is not lost.
        const bool held = imported.error().code == errc::timed_out && floods_.before_files(dc);
        if (got_lost(imported.error()) && (held || ++lost < most_lost)) continue;
        const rpc::advice advice = advice_on(imported.error(), false);
        // Of a request before this one, as a binding: the connection would have waited for a shorter one.
        const bool own_wait = advice.action == rpc::action::wait && imported.error().method == method;
        if (!own_wait) co_return imported.error();
        // The connection has noted until when.
        const outcome<void> waited = co_await floods_.wait_out(dc, method, wait);
        if (!waited) co_return waited.error();
        // The ticket is too old by now.
    }
    ++entry(dc).count;
    account_.session.authorization_made(dc);
    co_return outcome<void>{};
}

int authorizations::count(int dc) const {
    const auto found = entries_.find(dc);
    return found == entries_.end() ? 0 : found->second.count;
}

void authorizations::lost(int dc, int authorization) {
    // Answers that were under way when the account was authorized again tell of the time before.
    if (count(dc) != authorization) return;
    account_.session.authorization_lost(dc);
    if (dc == account_.session.home()) account_.session.login_ended();
}

void authorizations::logged_in() {
    ++entry(account_.session.home()).count;
}

}  // namespace mtproto::core
