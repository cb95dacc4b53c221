// Changes of a session, each brought into what is stored.
#include "client/synced_session.hpp"

#include "client/future_tokens.hpp"
#include "client/session_format.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::core {
namespace {

const stored_dc* find_dc(const stored_session& of, int dc) {
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
    for (auto& [dc, entry] : session.dcs)
        entry.authorized = false;
}

}  // namespace

synced_session::~synced_session() {
    wipe_keys(current_);
    if (last_seen_) wipe_keys(*last_seen_);
    for (auto& [dc, key] : given_up_)
        crypto::wipe(key);
}

outcome<void> synced_session::load(std::shared_ptr<session_store> store, std::string_view cluster,
                                   int first_home) {
    store->select(cluster);
    outcome<std::optional<stored_session>> stored = store->load();
    if (!stored) return stored.error();
    store_ = std::move(store);
    last_seen_ = std::move(*stored);
    if (last_seen_) current_ = *last_seen_;
    if (current_.home_dc == 0) current_.home_dc = first_home;
    return {};
}

const stored_dc* synced_session::find(int dc) const {
    return find_dc(current_, dc);
}

bool synced_session::authorized(int dc) const {
    const stored_dc* entry = find(dc);
    return entry != nullptr && entry->authorized;
}

std::vector<int> synced_session::centres() const {
    std::vector<int> made;
    for (const auto& [dc, entry] : current_.dcs)
        if (!entry.auth_key.empty()) made.push_back(dc);
    return made;
}

void synced_session::key_made(int dc, const crypto::auth_key& key, std::int64_t salt) {
    stored_dc& entry = current_.dcs[dc];
    given_up_.emplace_back(dc, std::move(entry.auth_key));
    const auto data = key.data();
    entry.auth_key.assign(data.begin(), data.end());
    entry.salt = salt;
    entry.authorized = false;
    store_key(dc);
}

void synced_session::salt_changed(int dc, const crypto::auth_key& key, std::int64_t salt) {
    const auto found = current_.dcs.find(dc);
    if (found == current_.dcs.end() || !crypto::constant_time_equal(found->second.auth_key, key.data()))
        return;
    if (std::exchange(found->second.salt, salt) == salt) return;
    // Without it the next process is told another salt at its first request: no word to anybody.
    const outcome<void> stored = store([&](stored_session& there) {
        const auto at = there.dcs.find(dc);
        if (at == there.dcs.end() || !same_key(&at->second, &found->second)) return false;
        return std::exchange(at->second.salt, salt) != salt;
    });
    if (!stored) log_(log_level::debug, "a salt is not stored: " + stored.error().message());
}

void synced_session::authorization_made(int dc) {
    current_.dcs[dc].authorized = true;
    store_key(dc);
}

void synced_session::authorization_lost(int dc) {
    if (const auto found = current_.dcs.find(dc); found != current_.dcs.end())
        found->second.authorized = false;
}

void synced_session::home_moved(int dc) {
    current_.home_dc = dc;
    try_to_store([dc](stored_session& there) { return std::exchange(there.home_dc, dc) != dc; });
}

void synced_session::login_ended() {
    if (!logged_in()) return;
    end_login();
    try_to_store([this](stored_session& there) {
        // Said of the key that this process has at home: is it the one that is stored?
        const stored_dc* mine = find(there.home_dc);
        if (mine == nullptr || !same_key(mine, find_dc(there, there.home_dc))) return false;
        end_login_of(there);
        return true;
    });
}

void synced_session::end_login() {
    if (!logged_in()) return;
    log_(log_level::warning, "the login is gone");
    end_login_of(current_);
}

void synced_session::key_given_up(int dc, bool proved) {
    if (dc == home()) {
        if (proved)
            login_ended();
        else
            end_login();
    }
    const auto found = current_.dcs.find(dc);
    if (found == current_.dcs.end()) return;
    if (proved)
        try_to_store([&](stored_session& there) {
            const auto at = there.dcs.find(dc);
            if (at == there.dcs.end() || !same_key(&at->second, &found->second)) return false;
            crypto::wipe(at->second.auth_key);
            there.dcs.erase(at);
            return true;
        });
    given_up_.emplace_back(dc, std::move(found->second.auth_key));
    current_.dcs.erase(found);
}

std::vector<bytes> synced_session::future_tokens() const {
    return future_tokens_of(current_);
}

outcome<void> synced_session::logged_in(std::int64_t user, bool bot, byte_view future_token) {
    current_.user_id = user;
    current_.bot = bot;
    keep_future_tokens(current_, future_token);
    for (auto& [dc, entry] : current_.dcs)
        entry.authorized = dc == home();
    outcome<void> stored = store_->save(current_);
    if (stored) last_seen_ = current_;
    return stored;
}

outcome<void> synced_session::logged_out() {
    end_login();
    return store_->update([this](std::optional<stored_session>& stored) {
        if (!stored || !is_ours(*stored)) return false;
        wipe_keys(*stored);
        stored.reset();
        return true;
    });
}

/// Whether a stored key makes room for the one that this process has.
bool synced_session::gives_way(int dc, const stored_dc& stored) const {
    if (stored.authorized != authorized(dc)) return authorized(dc);
    return std::any_of(given_up_.begin(), given_up_.end(), [&](const auto& each) {
        return each.first == dc && crypto::constant_time_equal(each.second, stored.auth_key);
    });
}

bool synced_session::is_ours(const stored_session& stored) const {
    if (!last_seen_) return stored.user_id == 0 && current_.user_id == 0;
    if (stored.user_id != last_seen_->user_id) return false;
    return stored.user_id == 0 ||
           same_key(find_dc(stored, stored.home_dc), find_dc(*last_seen_, stored.home_dc));
}

outcome<void> synced_session::store(const change& edit) {
    std::optional<stored_session> after;
    const keys_wiped guard(after);
    bool foreign = false;
    outcome<void> done = store_->update([&](std::optional<stored_session>& stored) {
        after.reset();
        foreign = stored ? !is_ours(*stored) : last_seen_.has_value();
        if (foreign) return false;
        const bool made = !stored;
        if (made) stored = current_;
        const bool changed = edit(*stored) || made;
        after = stored;
        return changed;
    });
    if (done && after) last_seen_.swap(after);
    if (done && foreign)
        log_(log_level::debug, "the session was removed, or another login stored: a change stays in memory");
    return done;
}

void synced_session::try_to_store(const change& edit) {
    const outcome<void> done = store(edit);
    if (done || std::exchange(failure_logged_, true)) return;
    log_(log_level::error, "the session is not saved: " + done.error().message());
}

/// Brings the key of `dc`, with its salt and authorization, into the store.
void synced_session::store_key(int dc) {
    const stored_dc& mine = current_.dcs[dc];
    try_to_store([&](stored_session& there) {
        const auto [at, added] = there.dcs.try_emplace(dc, mine);
        stored_dc& entry = at->second;
        if (added) return true;
        if (same_key(&entry, &mine)) {
            const bool news = entry.salt != mine.salt || (mine.authorized && !entry.authorized);
            entry.salt = mine.salt;
            entry.authorized = entry.authorized || mine.authorized;
            return news;
        }
        if (!gives_way(dc, entry)) return false;
        crypto::wipe(entry.auth_key);
        entry = mine;
        return true;
    });
}

}  // namespace mtproto::core
