// Chooses the salt of the moment.
#include "session/salt_book.hpp"

#include <algorithm>

namespace mtproto::session {
namespace {

// The old salt lives on for half an hour beside the new one (protocol 5.9), so the change can wait until no
// small error of the clock makes it early.
constexpr std::int64_t change_margin = 60;  // seconds

std::int64_t whole_seconds(unix_time when) {
    return std::chrono::duration_cast<std::chrono::seconds>(when).count();
}

bool is_dated(const salt& s) {
    return s.valid_until != 0;
}

}  // namespace

salt_book::salt_book(std::int64_t current) : known_{salt{current, 0, 0}} {}

salt_book::salt_book(std::vector<salt> known) : known_(std::move(known)) {}

std::int64_t salt_book::current(unix_time server_now) {
    const std::int64_t now = whole_seconds(server_now);
    std::size_t in_use = 0;
    while (in_use + 1 < known_.size() && known_[in_use + 1].valid_since + change_margin <= now)
        ++in_use;
    known_.erase(known_.begin(), known_.begin() + static_cast<std::ptrdiff_t>(in_use));
    return known_.empty() ? 0 : known_.front().value;
}

bool salt_book::replace(std::int64_t value, unix_time server_now) {
    if (current(server_now) == value && !known_.empty()) return false;
    const auto later =
        std::find_if(known_.begin(), known_.end(), [&](const salt& s) { return s.value == value; });
    if (later != known_.end()) {
        known_.erase(known_.begin(), later);
        return true;
    }
    // Not among those announced: what was announced beyond the wrong one may be wrong as well, but costs no
    // more than another bad_server_salt to find out.
    if (!known_.empty()) known_.erase(known_.begin());
    known_.insert(known_.begin(), salt{value, 0, 0});
    return true;
}

void salt_book::add(const std::vector<salt>& future, unix_time server_now) {
    const std::int64_t now = whole_seconds(server_now);
    std::vector<salt> merged;
    for (const salt& s : future)
        if (s.valid_until > now && s.valid_since < s.valid_until) merged.push_back(s);
    if (merged.empty()) return;
    std::sort(merged.begin(), merged.end(),
              [](const salt& a, const salt& b) { return a.valid_since < b.valid_since; });
    const std::int64_t in_use = current(server_now);
    if (!known_.empty()) {
        const salt front = known_.front();
        const auto same =
            std::find_if(merged.begin(), merged.end(), [&](const salt& s) { return s.value == in_use; });
        if (same != merged.end())
            merged.erase(merged.begin(), same);
        else
            merged.insert(merged.begin(), front);  // known to work until another one's time comes
    }
    known_ = std::move(merged);
}

bool salt_book::runs_out(unix_time server_now, duration ahead) const {
    if (known_.empty() || !is_dated(known_.back())) return true;
    return std::chrono::seconds(known_.back().valid_until) < server_now + ahead;
}

}  // namespace mtproto::session
