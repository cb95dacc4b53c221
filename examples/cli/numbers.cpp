// Reads numbers without a locale.
#include "numbers.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace mtpipe {
namespace {

template <class T>
std::optional<T> whole_text(std::string_view text) {
    T value{};
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (wrong != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// How often 1024 is multiplied: 0 for "b", 1 for "k", "kb" and "kib", and so on.
std::optional<int> power_of(std::string_view unit) {
    constexpr std::string_view letters = "bkmgtpe";
    std::string low;
    for (const char each : unit)
        low += lower(each);
    if (low.empty() || low == "b") return 0;
    const std::size_t power = letters.find(low.front());
    const std::string_view rest = std::string_view(low).substr(1);
    if (power == letters.npos || power == 0 || (!rest.empty() && rest != "b" && rest != "i" && rest != "ib"))
        return std::nullopt;
    return static_cast<int>(power);
}

}  // namespace

template <class T>
std::optional<T> read_number(std::string_view text, const bounds<T>& within) {
    const std::optional<T> value = whole_text<T>(text);
    // So written that "nan" is within nothing.
    if (!value || !(*value >= within.least && *value <= within.most)) return std::nullopt;
    return value;
}

template <class T>
std::string describe(const bounds<T>& within) {
    constexpr bool is_port = sizeof(T) <= sizeof(std::uint16_t);  // its own limit says something
    if (!is_port && within.most == std::numeric_limits<T>::max())
        return fmt::format("a number of at least {}", within.least);
    return fmt::format("a number from {} to {}", within.least, within.most);
}

template std::optional<int> read_number(std::string_view, const bounds<int>&);
template std::optional<std::uint16_t> read_number(std::string_view, const bounds<std::uint16_t>&);
template std::optional<std::int64_t> read_number(std::string_view, const bounds<std::int64_t>&);
template std::optional<std::uint64_t> read_number(std::string_view, const bounds<std::uint64_t>&);
template std::optional<double> read_number(std::string_view, const bounds<double>&);
template std::string describe(const bounds<int>&);
template std::string describe(const bounds<std::uint16_t>&);
template std::string describe(const bounds<std::int64_t>&);
template std::string describe(const bounds<std::uint64_t>&);
template std::string describe(const bounds<double>&);

std::optional<std::int64_t> read_size(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::optional<std::int64_t> count = whole_text<std::int64_t>(text.substr(0, digits));
    std::string_view unit = text.substr(digits);
    if (unit.starts_with(' ')) unit.remove_prefix(1);
    const std::optional<int> power = power_of(unit);
    if (!count || !power) return std::nullopt;
    std::int64_t bytes = *count;
    for (int i = 0; i < *power; ++i)
        if (__builtin_mul_overflow(bytes, 1024, &bytes)) return std::nullopt;
    return bytes;
}

}  // namespace mtpipe
