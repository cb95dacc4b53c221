// Patience with media-only addresses, and the length of their rest.
#include "client/media_rest.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::core {
namespace {

/// How long media-only addresses that do not serve are left alone.
constexpr duration rest_length = std::chrono::minutes(10);
/// Those that answer a probe are to bring something within this, and answer a request within that.
constexpr duration grace = std::chrono::seconds(8);
constexpr duration grace_ends = std::chrono::minutes(2);
/// Those that answered nothing are probed again after this, then after twice the time, up to the longest.
/// Those that answered, and brought no file, are tried again once, after the second.
constexpr duration first_pause = std::chrono::seconds(15);
constexpr duration pause_after_answer = std::chrono::minutes(1);
constexpr duration longest_pause = std::chrono::minutes(2);

}  // namespace

media_rest::decision media_rest::probed(bool media_answered, time_point now) {
    decision made;
    if (media_answered && !refuses()) {
        // Their connections may only be in their pauses. Or they answer, and bring no file.
        made.hurry = !answered_at_ || now - *answered_at_ > grace_ends;
        if (made.hurry) answered_at_ = now;
        if (made.hurry || now - *answered_at_ < grace) return made;
    }
    made.leave = true;
    refusals_ = 0;
    answered_at_.reset();
    until_ = now + rest_length;
    if (!media_answered)
        made.probe_after = first_pause;
    else if (!std::exchange(left_in_vain_, true))
        made.probe_after = pause_after_answer;  // a second time they would only hold the file up again
    return made;
}

duration media_rest::next_pause(duration pause) noexcept {
    return std::min(pause * 2, longest_pause);
}

void media_rest::end() noexcept {
    until_.reset();
    left_in_vain_ = false;
}

}  // namespace mtproto::core
