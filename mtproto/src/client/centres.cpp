// The pool: one main connection a data centre, and lines for files.
#include "client/engine.hpp"
#include "client/line.hpp"
#include "net/within.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::core {
namespace {

/// Media-only addresses serve as long as one of them has answered within this.
constexpr duration media_patience = std::chrono::seconds(20);
/// ... and the others when they answer within this.
constexpr duration main_patience = std::chrono::seconds(5);
/// How long media-only addresses that do not serve are left alone.
constexpr duration media_rest = std::chrono::minutes(10);

}  // namespace

engine::centre& engine::centre_of(int dc) {
    std::unique_ptr<centre>& slot = centres_[dc];
    if (slot) return *slot;
    slot = std::make_unique<centre>(dc, shared_->where.executor);
    net::key_slot& key = *slot->key;
    if (const stored_dc* kept = session_.find(dc)) {
        if (const auto stored = crypto::auth_key::from(kept->auth_key))
            key.set(std::make_shared<const crypto::auth_key>(*stored), session::salt_book(kept->salt),
                    duration{});
    }
    key.on_change = [weak = weak_from_this(), dc](bool made) {
        if (const auto self = weak.lock()) self->keep_key(dc, made);
    };
    key.on_drop = [weak = weak_from_this(), dc](bool proved) {
        if (const auto self = weak.lock()) self->session_.key_given_up(dc, proved);
    };
    if (settings_.forward_secrecy) {
        const auto temporary = [&] {
            return std::make_shared<net::key_slot>(shared_->where.executor, limits_.temporary_key_lifetime,
                                                   slot->key);
        };
        slot->temporary_key = temporary();
        slot->temporary_for_media = temporary();
    }
    return *slot;
}

io::awaitable<outcome<engine::centre*>> engine::find_centre(int dc) {
    if (closed_) co_return failure(errc::connection_closed);
    if (!connected_) co_return failure(errc::not_connected, "connect() comes first");
    if (!table_.knows(dc) && !is_home(dc)) {
        if (const outcome<void> fetched = co_await refresh_config(); !fetched) co_return fetched.error();
    }
    if (!table_.knows(dc))
        co_return failure(errc::bad_argument, "no address is known for DC " + std::to_string(dc));
    co_return &centre_of(dc);
}

std::shared_ptr<net::connection> engine::make_connection(centre& at, bool for_files, int place) {
    net::connection_options how;
    how.dc = at.dc;
    if (for_files) how.where = media_addresses(at);
    how.media = !how.where.empty();
    if (!how.media) how.where = table_.addresses(at.dc);
    how.hands_back_on_flood = place > 0;  // the first has nobody to leave it to
    how.on_wrong_dc = [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->addresses_are_wrong();
    };
    const bool media = how.media;
    auto made = net::connection::make(shared_, at.key_for(media), std::move(how));
    if (closed_) made->close();  // close() has been through them already
    return made;
}

net::connection& engine::main_of(centre& at) {
    if (!at.main) at.main = make_connection(at, false, 0);
    return *at.main;
}

/// Those in use: none while they rest.
std::vector<io::endpoint> engine::media_addresses(const centre& at) const {
    if (at.media_rest_until) return {};
    return table_.media_addresses(at.dc);
}

int engine::lines_allowed(const centre& at) const {
    return media_addresses(at).empty() ? std::min(tmp_sessions_, most_lines) : most_lines;
}

io::awaitable<void> engine::line_failed(int dc) {
    const auto self = shared_from_this();
    const auto may_rest = [this, dc] {
        const centre& at = centre_of(dc);
        return !closed_ && !media_addresses(at).empty() &&
               std::none_of(at.for_files.begin(), at.for_files.end(), [this](const auto& one) {
                   return one.second->answered_since(shared_->now() - media_patience);
               });
    };
    if (!may_rest()) co_return;
    // Without a network nothing is to be learnt of addresses.
    main_of(centre_of(dc));
    const outcome<void> others = co_await net::within(*shared_->where.time, shared_->now() + main_patience,
                                                      net::connection::check(centre_of(dc).main));
    if (!others || !may_rest()) co_return;
    shared_->log(log_level::warning, "the media-only addresses of DC " + std::to_string(dc) +
                                         " do not serve: files come from its other ones");
    centre_of(dc).media_rest_until = shared_->now() + media_rest;
    let_go_lines(centre_of(dc));
}

/// Not under requests: they would have to begin anew.
void engine::end_rest(centre& at) {
    if (!at.media_rest_until || shared_->now() < *at.media_rest_until) return;
    if (std::any_of(at.for_files.begin(), at.for_files.end(),
                    [](const auto& one) { return one.second->under_way() > 0; }))
        return;
    at.media_rest_until.reset();
    let_go_lines(at);
}

void engine::let_go_lines(centre& at) {
    at.lines.clear();
    for (const auto& [place, one] : std::exchange(at.for_files, {}))
        one->close();
}

io::awaitable<outcome<std::shared_ptr<file_line>>> engine::line(int dc, int index) {
    const auto self = shared_from_this();
    const outcome<centre*> found = co_await find_centre(dc);
    if (!found) co_return found.error();
    centre& at = **found;
    end_rest(at);
    // Where several sessions on one key could cost the login, lines share the sessions that are allowed, and
    // the main connection's is the first of those (protocol 8.7).
    const int place = std::max(index, 0) % lines_allowed(at);
    std::shared_ptr<file_line> line = at.lines[place];
    if (!line) {
        const bool shares_main = place == 0 && media_addresses(at).empty();
        if (shares_main)
            main_of(at);
        else
            at.for_files[place] = make_connection(at, true, place);
        const std::shared_ptr<net::connection>& over = shares_main ? at.main : at.for_files[place];
        at.lines[place] = line = std::make_shared<line_over>(weak_from_this(), over, dc);
        over->start();  // connects while the authorization is imported
    }
    if (const outcome<void> may = co_await ensure_authorized(dc); !may) co_return may.error();
    co_return line;
}

}  // namespace mtproto::core
