// Changes of a session, each brought into what is stored.
#include "client/kept_session.hpp"

#include "client/session_format.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::core {
namespace {

const stored_dc* entry(const stored_session& of, int dc) {
    const auto found = of.dcs.find(dc);
    return found == of.dcs.end() ? nullptr : &found->second;
}

bool same_key(const stored_dc* a, const stored_dc* b) {
    if (a == nullptr || b == nullptr) return a == b;
    return crypto::constant_time_equal(a->auth_key, b->auth_key);
}

void end_login_of(stored_session& session) {
    session.user_id = 0;
    session.bot = false;
    for (auto& [dc, kept] : session.dcs)
        kept.authorized = false;
}

}  // namespace

kept_session::~kept_session() {
    wipe_keys(now_);
    if (seen_) wipe_keys(*seen_);
    for (auto& [dc, key] : given_up_)
        crypto::wipe(key);
}

outcome<void> kept_session::load(std::shared_ptr<session_store> store, std::string_view cluster,
                                 int first_home) {
    store->select(cluster);
    outcome<std::optional<stored_session>> stored = store->load();
    if (!stored) return stored.error();
    store_ = std::move(store);
    seen_ = std::move(*stored);
    if (seen_) now_ = *seen_;
    if (now_.home_dc == 0) now_.home_dc = first_home;
    return {};
}

const stored_dc* kept_session::find(int dc) const {
    return entry(now_, dc);
}

bool kept_session::authorized(int dc) const {
    const stored_dc* kept = find(dc);
    return kept != nullptr && kept->authorized;
}

void kept_session::key_made(int dc, const crypto::auth_key& key, std::int64_t salt) {
    stored_dc& kept = now_.dcs[dc];
    given_up_.emplace_back(dc, std::move(kept.auth_key));
    const auto data = key.data();
    kept.auth_key.assign(data.begin(), data.end());
    kept.salt = salt;
    kept.authorized = false;
    keep(dc);
}

void kept_session::salt_changed(int dc, const crypto::auth_key& key, std::int64_t salt) {
    const auto found = now_.dcs.find(dc);
    if (found == now_.dcs.end() || !crypto::constant_time_equal(found->second.auth_key, key.data())) return;
    if (std::exchange(found->second.salt, salt) == salt) return;
    // Without it the next process is told another salt at its first request: no word to anybody.
    const outcome<void> stored = store([&](stored_session& there) {
        const auto at = there.dcs.find(dc);
        if (at == there.dcs.end() || !same_key(&at->second, &found->second)) return false;
        return std::exchange(at->second.salt, salt) != salt;
    });
    if (!stored) log_(log_level::debug, "a salt is not stored: " + stored.error().message());
}

void kept_session::authorization_made(int dc) {
    now_.dcs[dc].authorized = true;
    keep(dc);
}

void kept_session::authorization_lost(int dc) {
    if (const auto found = now_.dcs.find(dc); found != now_.dcs.end()) found->second.authorized = false;
}

void kept_session::home_moved(int dc) {
    now_.home_dc = dc;
    try_to_store([dc](stored_session& there) { return std::exchange(there.home_dc, dc) != dc; });
}

void kept_session::login_ended() {
    if (!logged_in()) return;
    end_login();
    try_to_store([this](stored_session& there) {
        // Said of the key that this process has at home: is it the one that is stored?
        const stored_dc* mine = find(there.home_dc);
        if (mine == nullptr || !same_key(mine, entry(there, there.home_dc))) return false;
        end_login_of(there);
        return true;
    });
}

void kept_session::end_login() {
    if (!logged_in()) return;
    log_(log_level::warning, "the login is gone");
    end_login_of(now_);
}

void kept_session::key_given_up(int dc, bool proved) {
    if (dc == home()) {
        if (proved)
            login_ended();
        else
            end_login();
    }
    const auto found = now_.dcs.find(dc);
    if (found == now_.dcs.end()) return;
    if (proved)
        try_to_store([&](stored_session& there) {
            const auto at = there.dcs.find(dc);
            if (at == there.dcs.end() || !same_key(&at->second, &found->second)) return false;
            crypto::wipe(at->second.auth_key);
            there.dcs.erase(at);
            return true;
        });
    given_up_.emplace_back(dc, std::move(found->second.auth_key));
    now_.dcs.erase(found);
}

outcome<void> kept_session::logged_in(std::int64_t user, bool bot) {
    now_.user_id = user;
    now_.bot = bot;
    for (auto& [dc, kept] : now_.dcs)
        kept.authorized = dc == home();
    outcome<void> stored = store_->save(now_);
    if (stored) seen_ = now_;
    return stored;
}

outcome<void> kept_session::logged_out() {
    end_login();
    return store_->update([this](std::optional<stored_session>& stored) {
        if (!stored || !is_ours(*stored)) return false;
        wipe_keys(*stored);
        stored.reset();
        return true;
    });
}

/// Whether a stored key makes room for the one that this process has.
bool kept_session::gives_way(int dc, const stored_dc& stored) const {
    if (stored.authorized != authorized(dc)) return authorized(dc);
    return std::any_of(given_up_.begin(), given_up_.end(), [&](const auto& each) {
        return each.first == dc && crypto::constant_time_equal(each.second, stored.auth_key);
    });
}

bool kept_session::is_ours(const stored_session& stored) const {
    if (!seen_) return stored.user_id == 0 && now_.user_id == 0;
    if (stored.user_id != seen_->user_id) return false;
    return stored.user_id == 0 || same_key(entry(stored, stored.home_dc), entry(*seen_, stored.home_dc));
}

outcome<void> kept_session::store(const change& how) {
    std::optional<stored_session> after;
    const keys_wiped guard(after);
    bool foreign = false;
    outcome<void> done = store_->update([&](std::optional<stored_session>& stored) {
        after.reset();
        foreign = stored ? !is_ours(*stored) : seen_.has_value();
        if (foreign) return false;
        const bool made = !stored;
        if (made) stored = now_;
        const bool changed = how(*stored) || made;
        after = stored;
        return changed;
    });
    if (done && after) seen_.swap(after);
    if (done && foreign)
        log_(log_level::debug, "the session was removed, or another login stored: a change stays in memory");
    return done;
}

void kept_session::try_to_store(const change& how) {
    const outcome<void> done = store(how);
    if (done || std::exchange(told_, true)) return;
    log_(log_level::error, "the session is not saved: " + done.error().message());
}

/// Brings the key of `dc`, with its salt and authorization, into the store.
void kept_session::keep(int dc) {
    const stored_dc& mine = now_.dcs[dc];
    try_to_store([&](stored_session& there) {
        const auto [at, added] = there.dcs.try_emplace(dc, mine);
        stored_dc& kept = at->second;
        if (added) return true;
        if (same_key(&kept, &mine)) {
            const bool news = kept.salt != mine.salt || (mine.authorized && !kept.authorized);
            kept.salt = mine.salt;
            kept.authorized = kept.authorized || mine.authorized;
            return news;
        }
        if (!gives_way(dc, kept)) return false;
        crypto::wipe(kept.auth_key);
        kept = mine;
        return true;
    });
}

}  // namespace mtproto::core
