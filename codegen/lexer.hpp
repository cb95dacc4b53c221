// Splits the text of a schema into tokens.
#pragma once

#include "diagnostic.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tlgen {

enum class token_kind {
    name,       ///< letters, digits, `_`, and `.` between parts: "upload.getFile", "flags.3", "Vector"
    id,         ///< `#` and the hexadecimal digits that follow it at once; `text` holds the digits
    symbol,     ///< one of # : ? < > { } = ; ! %
    section,    ///< `---functions---` or `---types---`; `text` holds the word
    directive,  ///< a comment that means something: "LAYER 227", "FIXED-ID name"
    end,
};

struct token {
    token_kind kind = token_kind::end;
    std::string text;
    position at;
};

/// The tokens of `text`, the last of them `end`. Throws schema_error naming `file`.
std::vector<token> tokenize(const std::string& file, std::string_view text);

/// How a diagnostic names a token: `';'`, `'upload.getFile'`, "the end of the file".
std::string describe(const token& what);

}  // namespace tlgen
