// The table, and reading what kinds take.
#include "traffic/fault_kinds.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace mtproto::traffic {
namespace {

constexpr std::int64_t wrong_salt = 48;  // protocol 5.4

constexpr std::array kinds{
    named_kind{"close", fault_kind::close},
    named_kind{"half-close", fault_kind::half_close},
    named_kind{"freeze", fault_kind::freeze, argument::time},
    named_kind{"silence", fault_kind::silence},
    named_kind{"transport-error", fault_kind::transport_error, argument::number},
    named_kind{"drop", fault_kind::drop},
    named_kind{"delay", fault_kind::delay, argument::time},
    named_kind{"reorder", fault_kind::reorder},
    named_kind{"duplicate", fault_kind::duplicate},
    named_kind{"corrupt", fault_kind::corrupt},
    named_kind{"truncate", fault_kind::truncate},
    named_kind{"break-off", fault_kind::break_off},
    named_kind{"wrong-msg-key", fault_kind::wrong_msg_key},
    named_kind{"wrong-length", fault_kind::wrong_length},
    named_kind{"bad-msg", fault_kind::bad_msg, argument::code},
    named_kind{"wrong-salt", fault_kind::bad_msg, argument::none, wrong_salt},
    named_kind{"lost-session", fault_kind::lost_session},
    named_kind{"lost-key", fault_kind::lost_key},
    named_kind{"rpc-error", fault_kind::rpc_error, argument::error},
    named_kind{"flood-wait", fault_kind::rpc_error, argument::seconds, 0, "420 FLOOD_WAIT_"},
    named_kind{"premium-wait", fault_kind::rpc_error, argument::seconds, 0, "420 FLOOD_PREMIUM_WAIT_"},
    named_kind{"internal", fault_kind::rpc_error, argument::none, 0, "500 INTERNAL"},
    named_kind{"call-fail", fault_kind::rpc_error, argument::none, 0, "500 RPC_CALL_FAIL"},
    named_kind{"timed-out", fault_kind::rpc_error, argument::none, 0, "-503 Timedout"},
    named_kind{"short-part", fault_kind::short_part, argument::number},
    named_kind{"long-part", fault_kind::long_part, argument::number},
    named_kind{"wrong-part-bytes", fault_kind::wrong_part_bytes},
    named_kind{"wrong-hash", fault_kind::wrong_hash},
    named_kind{"expired-reference", fault_kind::expired_reference},
    named_kind{"expired-token", fault_kind::expired_token},
    named_kind{"forgotten-file", fault_kind::forgotten_file},
    named_kind{"dropped-login", fault_kind::dropped_login},
    named_kind{"wrong-nonce", fault_kind::wrong_nonce},
    named_kind{"wrong-fingerprint", fault_kind::wrong_fingerprint},
    named_kind{"dh-retry", fault_kind::dh_retry},
    named_kind{"dh-fail", fault_kind::dh_fail},
};

// What a server's bad_msg_notification may say (protocol 5.4).
constexpr std::array<std::int64_t, 11> bad_msg_codes{16, 17, 18, 19, 20, 32, 33, 34, 35, 48, 64};

bool apply_error(std::string_view value, fault& into) {
    const auto [code, name] = split(value, ' ');
    if (name.empty() || !read_number(code.starts_with('-') ? code.substr(1) : code)) return false;
    into.text = value;
    return true;
}

}  // namespace

const named_kind* find_kind(std::string_view name) {
    const auto* found =
        std::find_if(kinds.begin(), kinds.end(), [&](const named_kind& each) { return each.name == name; });
    return found == kinds.end() ? nullptr : found;
}

bool apply_kind(const named_kind& kind, std::string_view value, fault& into) {
    into.kind = kind.kind;
    into.value = kind.value;
    into.text = kind.text;
    switch (kind.takes) {
        case argument::none:
            return value.empty();
        case argument::error:
            return apply_error(value, into);
        case argument::time: {
            const auto time = read_duration(value);
            if (time) into.time = *time;
            return time.has_value();
        }
        case argument::number:
            if (value.empty()) return true;
            [[fallthrough]];
        case argument::code:
        case argument::seconds:
            break;
    }
    const auto number = read_number(value);
    if (!number) return false;
    if (kind.takes == argument::seconds) {
        into.text += value;
        return true;
    }
    into.value = *number;
    return into.kind != fault_kind::bad_msg ||
           std::find(bad_msg_codes.begin(), bad_msg_codes.end(), *number) != bad_msg_codes.end();
}

fault_stage stage_of(fault_kind kind) noexcept {
    switch (kind) {
        case fault_kind::close:
        case fault_kind::half_close:
        case fault_kind::freeze:
        case fault_kind::silence:
        case fault_kind::transport_error:
            return fault_stage::connection;
        case fault_kind::drop:
        case fault_kind::delay:
        case fault_kind::reorder:
        case fault_kind::duplicate:
        case fault_kind::corrupt:
        case fault_kind::truncate:
        case fault_kind::break_off:
        case fault_kind::wrong_msg_key:
        case fault_kind::wrong_length:
            return fault_stage::packet;
        case fault_kind::bad_msg:
        case fault_kind::lost_session:
        case fault_kind::lost_key:
            return fault_stage::query;
        case fault_kind::rpc_error:
        case fault_kind::short_part:
        case fault_kind::long_part:
        case fault_kind::wrong_part_bytes:
        case fault_kind::wrong_hash:
        case fault_kind::expired_reference:
        case fault_kind::expired_token:
        case fault_kind::forgotten_file:
        case fault_kind::dropped_login:
            return fault_stage::answer;
        case fault_kind::wrong_nonce:
        case fault_kind::wrong_fingerprint:
        case fault_kind::dh_retry:
        case fault_kind::dh_fail:
            return fault_stage::step;
    }
    return fault_stage::step;
}

std::optional<std::int64_t> read_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

std::optional<duration> read_duration(std::string_view text) {
    const std::size_t digits = text.find_first_not_of("0123456789.");
    if (digits == std::string_view::npos || digits == 0) return std::nullopt;
    double number = 0;
    const auto [end, problem] =
        std::from_chars(text.data(), text.data() + digits, number, std::chars_format::fixed);
    if (problem != std::errc{} || end != text.data() + digits) return std::nullopt;
    const std::string_view unit = text.substr(digits);
    double seconds = 0;
    if (unit == "ms")
        seconds = number / 1000;
    else if (unit == "s")
        seconds = number;
    else if (unit == "m")
        seconds = number * 60;
    else
        return std::nullopt;
    constexpr double year = 365.0 * 24 * 60 * 60;
    if (!(seconds < year)) return std::nullopt;
    return std::chrono::duration_cast<duration>(std::chrono::duration<double>(seconds));
}

std::pair<std::string_view, std::string_view> split(std::string_view text, char at) {
    const std::size_t where = text.find(at);
    if (where == std::string_view::npos) return {text, {}};
    return {text.substr(0, where), text.substr(where + 1)};
}

}  // namespace mtproto::traffic
