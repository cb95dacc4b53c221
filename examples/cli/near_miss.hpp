// Guesses which known word a mistyped one was to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mtpipe {

/// The one of `known` that is one or two slips away from `word`; empty when none is that near.
std::string near_miss(std::string_view word, const std::vector<std::string>& known);

}  // namespace mtpipe
