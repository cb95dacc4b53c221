// Reads the name and its numbers.
#include "window_choice.hpp"

#include <charconv>

namespace mtpipe {
namespace {

constexpr int most_in_flight = 256;
constexpr int most_connections = 16;

/// A number from 1 to `most`, and nothing else.
std::optional<int> number(std::string_view text, int most) {
    int value = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (wrong != std::errc() || end != text.data() + text.size() || value < 1 || value > most)
        return std::nullopt;
    return value;
}

}  // namespace

std::optional<window_choice> parse_window(std::string_view name) {
    using kind = window_choice::kind;
    if (name == "adaptive") return window_choice{};
    if (name == "bdp") return window_choice{kind::bdp};
    if (name == "sequential") return window_choice{kind::sequential};
    const std::size_t colon = name.find(':');
    if (colon == name.npos) return std::nullopt;
    const std::string_view numbers = name.substr(colon + 1);
    name = name.substr(0, colon);
    if (name == "fixed") {
        const auto in_flight = number(numbers, most_in_flight);
        if (!in_flight) return std::nullopt;
        return window_choice{kind::fixed, *in_flight};
    }
    const std::size_t times = numbers.find('x');
    if (name != "sliding" || times == numbers.npos) return std::nullopt;
    const auto in_flight = number(numbers.substr(0, times), most_in_flight);
    const auto connections = number(numbers.substr(times + 1), most_connections);
    if (!in_flight || !connections) return std::nullopt;
    return window_choice{kind::sliding, *in_flight, *connections};
}

std::unique_ptr<mtproto::window::strategy> make_window(const window_choice& choice, int connections) {
    namespace window = mtproto::window;
    switch (choice.what) {
        case window_choice::kind::bdp:
            return window::bdp(connections);
        case window_choice::kind::sequential:
            return window::sequential();
        case window_choice::kind::fixed:
            return window::fixed(choice.in_flight);
        case window_choice::kind::sliding:
            return window::sliding(choice.in_flight, choice.connections);
        case window_choice::kind::adaptive:
            break;
    }
    return window::adaptive(connections);
}

}  // namespace mtpipe
