// Takes the number out of an RPC error's text.
#include "rpc/rpc_error.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace mtproto::rpc {
namespace {

// Names are upper case with underscores; "Timedout" and "No workers running" are kept as they are.
bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

// The number that a whole word is. Words with letters too, like the 2FA of 2FA_CONFIRM_WAIT_X, are none.
std::optional<int> number(std::string_view word) {
    if (word.empty() || !std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    int value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error == std::errc::result_out_of_range) return std::numeric_limits<int>::max();
    return value;
}

}  // namespace

rpc_error parse_error(int code, std::string_view text) {
    rpc_error parsed{code, {}, 0};
    if (!is_name(text)) {
        parsed.type = text;
        return parsed;
    }
    bool found = false;
    bool first = true;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('_', begin), text.size());
        const std::string_view word = text.substr(begin, end - begin);
        if (const std::optional<int> value = number(word)) {
            if (!found) parsed.value = *value;  // of two numbers (INPUT_METHOD_INVALID_X_Y) the first tells
            found = true;
        } else {
            if (!first) parsed.type += '_';
            parsed.type += word;
            first = false;
        }
        begin = end + 1;
    }
    return parsed;
}

}  // namespace mtproto::rpc
