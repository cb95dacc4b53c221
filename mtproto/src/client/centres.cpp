// The pool: one main connection a data centre, and lines for files.
#include "client/engine.hpp"
#include "client/line.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::core {

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
    if (for_files) how.addresses = media_addresses(at);
    how.media = !how.addresses.empty();
    if (!how.media) how.addresses = table_.addresses(at.dc);
    how.fail_on_429 = place > 0;  // the first has nobody to leave it to
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

/// Where several sessions on one key could cost the login, lines share the sessions that are allowed, and the
/// main connection's is the first of those (protocol 8.7).
int engine::place_of(const centre& at, int index) const {
    return std::max(index, 0) % lines_allowed(at);
}

std::shared_ptr<net::connection> engine::carrier(int dc, int index) {
    centre& at = centre_of(dc);
    const int place = place_of(at, index);
    if (place == 0 && media_addresses(at).empty()) {
        main_of(at);
        return at.main;
    }
    std::shared_ptr<net::connection>& over = at.for_files[place];
    if (!over) over = make_connection(at, true, place);
    return over;
}

std::shared_ptr<const net::connection> engine::present_carrier(int dc, int index) const {
    const auto found = centres_.find(dc);
    if (found == centres_.end()) return nullptr;
    const centre& at = *found->second;
    const int place = place_of(at, index);
    if (place == 0 && media_addresses(at).empty()) return at.main;
    const auto over = at.for_files.find(place);
    return over == at.for_files.end() ? nullptr : over->second;
}

io::awaitable<outcome<std::shared_ptr<file_line>>> engine::line(int dc, int index) {
    const auto self = shared_from_this();
    const outcome<centre*> found = co_await find_centre(dc);
    if (!found) co_return found.error();
    centre& at = **found;
    end_rest(at);
    std::shared_ptr<file_line> line = at.lines[index];
    if (!line) {
        at.lines[index] = line = std::make_shared<line_over>(weak_from_this(), dc, index);
        carrier(dc, index)->start();  // connects while the authorization is imported
    }
    if (const outcome<void> may = co_await ensure_authorized(dc); !may) co_return may.error();
    co_return line;
}

}  // namespace mtproto::core
