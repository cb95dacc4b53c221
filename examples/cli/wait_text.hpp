// What mtpipe waits for, in words.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/wait.hpp>

#include <string>

namespace mtpipe {

/// The time of day when `left` from now has passed, as "14:32", with the date unless it is today's. Never
/// earlier than that; to the second where `left` is short.
std::string time_after(mtproto::duration left);

/// For a line that is drawn again each second: "waiting 9:58: Telegram asks for a pause (until 14:32)", "no
/// connection, trying again in 4 s", "nothing has come for 12 s".
std::string wait_text(const mtproto::wait_info& what, mtproto::time_point now);

/// For a line that is printed once, when the wait has begun: "waiting: no connection, trying again and
/// again".
std::string wait_notice(const mtproto::wait_info& what, mtproto::time_point now);

}  // namespace mtpipe
