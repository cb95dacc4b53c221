// The kinds of faults by name, and what each takes; both spellings of faults use the one table.
#pragma once

#include "traffic/fault.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace mtproto::traffic {

/// What comes after a kind's name.
enum class argument {
    none,
    number,   ///< may be left out
    code,     ///< a number
    seconds,  ///< a whole number of seconds
    time,     ///< as "300ms", "2s", "1m"
    error,    ///< "CODE NAME"
};

struct named_kind {
    std::string_view name;
    fault_kind kind = fault_kind::close;
    argument takes = argument::none;
    /// A kind that is short for another: its number, or its error's text, which ends with the seconds given.
    std::int64_t value = 0;
    std::string_view text{};
};

/// The kind of this name, or null.
const named_kind* find_kind(std::string_view name);
/// Fills in the kind and what it takes; false when `value` is not that.
bool apply_kind(const named_kind& kind, std::string_view value, fault& into);

/// Where in a server a kind acts when no event is named.
enum class fault_stage {
    connection,  ///< at any packet, and when a time comes
    packet,      ///< at a packet that goes the fault's way
    query,       ///< at a message before it is looked at
    answer,      ///< at a method
    step,        ///< in the key exchange: always at an event
};
fault_stage stage_of(fault_kind kind) noexcept;

/// A whole number that is not negative.
std::optional<std::int64_t> read_number(std::string_view text);
/// "300ms", "2s", "1m", "1.5s". Less than a year.
std::optional<duration> read_duration(std::string_view text);
/// Splits at the first `at`; the second part is empty when there is none.
std::pair<std::string_view, std::string_view> split(std::string_view text, char at);

}  // namespace mtproto::traffic
