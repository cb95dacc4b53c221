// Text that somebody else chose, made fit for a terminal and for JSON.
#pragma once

#include <string>
#include <string_view>

namespace mtpipe {

/// With a blank for each control character (C0, DEL, C1), which could move the cursor or do worse, and U+FFFD
/// for each byte that is no UTF-8. Never holds a newline.
std::string printable(std::string_view text);

/// With U+FFFD for each byte that is no UTF-8, and else as it is.
std::string valid_utf8(std::string_view text);

/// The columns that printable text takes on a terminal.
int columns_of(std::string_view text);

/// At most `limit` columns of printable text; what is longer ends in "..." where that fits.
std::string cut_to_columns(std::string_view text, int limit);

}  // namespace mtpipe
