// Text that somebody else chose, made fit for a terminal and for JSON.
#pragma once

#include <mtproto/printable.hpp>

#include <string>
#include <string_view>

namespace mtpipe {

using mtproto::printable;

/// With U+FFFD for each byte that is no UTF-8, and else as it is.
std::string valid_utf8(std::string_view text);

/// A JSON text of the same value in which all that printable() would change is escaped.
std::string printable_json(std::string_view json);

/// The columns that printable text takes on a terminal; where terminals differ, the most.
int columns_of(std::string_view text);

/// At most `limit` columns of printable text; what is longer ends in "..." where that fits. An accent stays
/// with its letter.
std::string cut_to_columns(std::string_view text, int limit);

}  // namespace mtpipe
