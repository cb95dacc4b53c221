// Which window strategy the command line names.
#pragma once

#include <mtproto/window.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace mtpipe {

struct window_choice {
    enum class kind { adaptive, bdp, sequential, fixed, sliding };

    kind what = kind::adaptive;
    int in_flight = 0;    ///< of fixed in all, of sliding on each connection
    int connections = 0;  ///< of sliding
};

/// "adaptive", "bdp", "sequential", "fixed:8", "sliding:4x8"; nothing for anything else.
std::optional<window_choice> parse_window(std::string_view name);

/// `connections`: the most that those may use which choose themselves.
std::unique_ptr<mtproto::window::strategy> make_window(const window_choice& choice, int connections);

}  // namespace mtpipe
