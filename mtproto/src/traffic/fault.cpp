// The short spelling of faults.
#include "traffic/fault.hpp"

#include "traffic/fault_kinds.hpp"

namespace mtproto::traffic {

result<fault> parse_fault(std::string_view spec) {
    fault made;
    const auto [what, when] = split(spec, '@');
    const auto [name, value] = split(what, '=');
    const auto [event, range] = split(when, ':');
    const auto [first, count] = split(range, 'x');
    if (when.size() > event.size() && first.empty()) return errc::bad_argument;
    if (range.size() > first.size() && count.empty()) return errc::bad_argument;
    const named_kind* kind = find_kind(name);
    if (event.empty() || !kind || !apply_kind(*kind, value, made)) return errc::bad_argument;
    made.event = event;
    if (!first.empty()) {
        const auto read = read_number(first);
        if (!read || *read == 0) return errc::bad_argument;
        made.first = *read;
    }
    if (!count.empty()) {
        const auto read = read_number(count);
        if (!read) return errc::bad_argument;
        made.count = *read;
    }
    return made;
}

}  // namespace mtproto::traffic
