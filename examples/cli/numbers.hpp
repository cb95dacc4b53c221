// Numbers of the command line and of the environment: decimal, and within bounds that an error can tell.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace mtpipe {

template <class T>
struct bounds {
    T least;
    T most = std::numeric_limits<T>::max();
};

/// All of `text` as a decimal number within `within`: no sign but a minus, no octal, no hexadecimal; of a
/// double also a fraction and an exponent. Nothing otherwise. For int, std::uint16_t, std::int32_t,
/// std::int64_t, std::uint64_t and double.
template <class T>
std::optional<T> read_number(std::string_view text, const bounds<T>& within);

/// "a number from 1 to 16", "a number of at least 0"
template <class T>
std::string describe(const bounds<T>& within);

/// Bytes: a whole number, alone or with a unit behind it as "32M", "8GiB" or "4 kb", of 1024 and its powers.
/// Nothing for anything else.
std::optional<std::int64_t> read_size(std::string_view text);

}  // namespace mtpipe
