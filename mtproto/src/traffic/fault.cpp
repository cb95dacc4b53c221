// Reading faults from text, and counting events.
#include "traffic/fault.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace mtproto::traffic {
namespace {

struct named_kind {
    std::string_view name;
    fault_kind kind;
};

constexpr std::array kinds{
    named_kind{"close", fault_kind::close},
    named_kind{"silence", fault_kind::silence},
    named_kind{"rpc-error", fault_kind::rpc_error},
    named_kind{"transport-error", fault_kind::transport_error},
    named_kind{"short-part", fault_kind::short_part},
    named_kind{"long-part", fault_kind::long_part},
    named_kind{"wrong-part-bytes", fault_kind::wrong_part_bytes},
    named_kind{"wrong-hash", fault_kind::wrong_hash},
    named_kind{"wrong-msg-key", fault_kind::wrong_msg_key},
    named_kind{"wrong-length", fault_kind::wrong_length},
    named_kind{"wrong-nonce", fault_kind::wrong_nonce},
    named_kind{"wrong-fingerprint", fault_kind::wrong_fingerprint},
    named_kind{"dh-retry", fault_kind::dh_retry},
    named_kind{"dh-fail", fault_kind::dh_fail},
    named_kind{"expired-reference", fault_kind::expired_reference},
    named_kind{"dropped-login", fault_kind::dropped_login},
};

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

// Splits at the first `at`; the second part is empty when there is none.
std::pair<std::string_view, std::string_view> split(std::string_view text, char at) {
    const std::size_t where = text.find(at);
    if (where == std::string_view::npos) return {text, {}};
    return {text.substr(0, where), text.substr(where + 1)};
}

// "flood-wait=7" and "internal" are short for the answers that tests ask for most.
bool read_shorthand(std::string_view kind, std::string_view value, fault& into) {
    if (kind == "flood-wait") {
        if (!number(value)) return false;
        into.text = "420 FLOOD_WAIT_" + std::string(value);
    } else if (kind == "internal") {
        into.text = "500 INTERNAL";
    } else {
        return false;
    }
    into.kind = fault_kind::rpc_error;
    return true;
}

bool read_kind(std::string_view kind, std::string_view value, fault& into) {
    if (read_shorthand(kind, value, into)) return true;
    for (const named_kind& known : kinds) {
        if (known.name != kind) continue;
        into.kind = known.kind;
        if (into.kind == fault_kind::rpc_error) {
            const auto [code, name] = split(value, ' ');
            if (name.empty() || !number(code.starts_with('-') ? code.substr(1) : code)) return false;
            into.text = value;
        } else if (!value.empty()) {
            const auto read = number(value);
            if (!read) return false;
            into.value = *read;
        }
        return true;
    }
    return false;
}

}  // namespace

result<fault> parse_fault(std::string_view spec) {
    fault made;
    const auto [what, when] = split(spec, '@');
    const auto [kind, value] = split(what, '=');
    const auto [event, range] = split(when, ':');
    const auto [first, count] = split(range, 'x');
    if (when.size() > event.size() && first.empty()) return errc::bad_argument;
    if (range.size() > first.size() && count.empty()) return errc::bad_argument;
    if (event.empty() || !read_kind(kind, value, made)) return errc::bad_argument;
    made.event = event;
    if (!first.empty()) {
        const auto read = number(first);
        if (!read || *read == 0) return errc::bad_argument;
        made.first = *read;
    }
    if (!count.empty()) {
        const auto read = number(count);
        if (!read) return errc::bad_argument;
        made.count = *read;
    }
    return made;
}

const fault* fault_plan::strike(std::string_view event) {
    if (faults_.empty()) return nullptr;
    auto seen = seen_.find(event);
    if (seen == seen_.end()) seen = seen_.emplace(event, 0).first;
    const std::int64_t now = ++seen->second;
    for (const fault& each : faults_) {
        if (each.event != event || now < each.first) continue;
        if (each.count == 0 || now - each.first < each.count) return &each;
    }
    return nullptr;
}

}  // namespace mtproto::traffic
