// The account's authorization at other data centres (protocol 7.5).
#include "client/advice.hpp"
#include "client/engine.hpp"
#include "net/link_failure.hpp"
#include "net/within.hpp"

#include <mtproto/tl_api.hpp>

#include <algorithm>

namespace mtproto::core {
namespace {

/// Exports and imports that got lost before that counts as the end of it.
constexpr int most_lost = 3;
/// An answer that was lost is not waited for: a download that needs it ends after a minute.
constexpr duration patience = std::chrono::seconds(20);

/// With a connection or a key, or because something was changed on its way.
bool got_lost(const failure& of_call) {
    return of_call.code == errc::connection_closed || of_call.code == errc::timed_out ||
           net::is_corrupt(of_call);
}

}  // namespace

io::awaitable<outcome<void>> engine::ensure_authorized(int dc) {
    const auto self = shared_from_this();
    for (;;) {
        if (is_home(dc) || !session_.logged_in()) co_return outcome<void>{};
        const outcome<centre*> found = co_await find_centre(dc);
        if (!found) co_return found.error();
        centre& at = **found;
        if (at.key->key() && session_.authorized(dc)) co_return outcome<void>{};
        if (at.importing) {
            const int failed_before = at.failed_imports;
            if (!co_await at.changed.wait()) co_return errc::cancelled;
            if (at.failed_imports != failed_before) co_return at.import_failure;
            continue;  // done, or given up by the one that asked: this one's turn to try
        }
        struct on_exit {
            centre& of;
            ~on_exit() {
                of.importing = false;
                of.changed.notify();
            }
        };
        at.importing = true;
        const on_exit guard{at};
        const outcome<void> imported = co_await import_authorization(at);
        if (!imported && imported.error().code != errc::cancelled) {
            at.import_failure = imported.error();
            ++at.failed_imports;
        }
        co_return imported;
    }
}

io::awaitable<outcome<void>> engine::import_authorization(centre& at) {
    for (int lost = 0;;) {
        tl::auth::exportAuthorization ask;
        ask.dc_id = at.dc;
        const std::string export_name(tl::auth::exportAuthorization::tl_name);
        const bytes ask_bytes = tl::encode(ask);
        const time_point asked =
            std::max(shared_->now(), announced_wait(session_.home()).value_or(time_point{}));
        io::awaitable<outcome<bytes>> exporting = call_at(0, ask_bytes, export_name, true);
        const outcome<bytes> exported =
            co_await net::within(*shared_->where.time, asked + patience, std::move(exporting));
        if (!exported && exported.error().code == errc::timed_out &&
            (announced_wait(session_.home()) || ++lost < most_lost))
            continue;
        if (!exported) co_return exported.error();
        auto ticket = tl::decode<tl::auth::exportedAuthorization>(*exported);
        if (!ticket) co_return undecodable(ticket.error(), export_name);

        tl::auth::importAuthorization give;
        give.id = ticket->id;
        give.bytes = std::move(ticket->bytes);
        const std::string import_name(tl::auth::importAuthorization::tl_name);
        const bytes give_bytes = tl::encode(give);
        // Not through call_at: what it would mend is what is being made here.
        wait_list::request here(waits_, import_name);
        const time_point ready = std::max(shared_->now(), announced_wait(at.dc).value_or(time_point{}));
        io::awaitable<outcome<bytes>> giving = ask_main(at, give_bytes, import_name, false, here);
        const outcome<bytes> imported =
            co_await net::within(*shared_->where.time, ready + patience, std::move(giving));
        if (imported) break;
        // Whether it was carried out cannot be learnt. Carrying it out again, with another ticket, does no
        // harm. What waits for a pause that a server has just asked for is not lost.
        const bool held = imported.error().code == errc::timed_out && announced_wait(at.dc);
        if (got_lost(imported.error()) && (held || ++lost < most_lost)) continue;
        const rpc::advice advice = advice_on(imported.error(), false);
        // Of a request before this one, as a binding: the connection would have waited for a shorter one.
        const bool own_wait = advice.what == rpc::action::wait && imported.error().method == import_name;
        if (!own_wait) co_return imported.error();
        // The connection has noted until when.
        const outcome<void> waited = co_await wait_out_floods(at.dc, import_name, here);
        if (!waited) co_return waited.error();
        // The ticket is too old by now.
    }
    ++at.authorizations;
    session_.authorization_made(at.dc);
    co_return outcome<void>{};
}

int engine::authorizations(int dc) {
    return centre_of(dc).authorizations;
}

void engine::authorization_lost(int dc, int authorization) {
    // Answers that were under way when the account was authorized again tell of the time before.
    if (authorizations(dc) != authorization) return;
    session_.authorization_lost(dc);
    if (is_home(dc)) session_.login_ended();
}

}  // namespace mtproto::core
