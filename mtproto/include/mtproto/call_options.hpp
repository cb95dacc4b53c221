// How one request of the API is sent.
#pragma once

#include <mtproto/clock.hpp>

#include <optional>
#include <string_view>

namespace mtproto {

/// The defaults do for most requests.
struct call_options {
    /// The data centre to ask; the account is authorized there first. 0: its home. The server may send the
    /// request on to another one (protocol 6).
    int dc = 0;
    /// Whether the request may be sent a second time when its answer is lost, or when the server failed
    /// inside (500, -503). Nothing: only for the methods that is_idempotent() names. For others the call ends
    /// with that error, and it is not known whether the request was carried out.
    std::optional<bool> idempotent = std::nullopt;
    /// The most time that the call takes, with all waits. Then it throws errc::timed_out, and the request is
    /// dropped on the wire. Nothing: no bound but config::max_wait.
    std::optional<duration> timeout = std::nullopt;
};

/// Whether the library knows that `method`, a name of the schema ("users.getUsers"), only reads, so that
/// sending it twice does no harm. A short list: false for every other method, whatever its name says
/// (messages.getBotCallbackAnswer presses a button, messages.getMessagesViews counts).
bool is_idempotent(std::string_view method) noexcept;

}  // namespace mtproto
