// Turns the tokens of a schema into declarations, as written: nothing is resolved yet.
#pragma once

#include "diagnostic.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tlgen {

/// A type as it is spelled: `Vector<int>`, `%Message`, `!X`, `#`.
struct type_expr {
    std::string name;
    bool bang = false;     ///< `!X`
    bool percent = false;  ///< `%T`
    std::vector<type_expr> arguments;
    position at;

    std::string text() const;
};

/// `word.bit?` in front of a field's type.
struct condition {
    std::string word;
    int bit = 0;
    position at;
};

struct field_decl {
    std::string name;
    std::optional<condition> when;
    type_expr type;
    position at;
};

struct declaration {
    std::string name;
    std::uint32_t id = 0;
    std::vector<std::string> generics;  ///< the X of `{X:Type}`
    std::vector<field_decl> fields;
    type_expr result;
    bool is_function = false;
    int layer = 0;  ///< of the last `// LAYER` above it, or of the only one, below all; 0 when there is none
    position at;
};

struct fixed_id {
    std::string name;
    position at;
};

struct schema {
    std::string file;
    std::vector<declaration> declarations;
    std::vector<fixed_id> fixed_ids;  ///< lines whose id is not the CRC32 of their text
    std::vector<int> layers;          ///< in the order of their `// LAYER` lines
    std::vector<position> layers_at;  ///< where those stand
};

/// Throws schema_error at the first thing that is not a schema.
schema parse(const std::string& file, std::string_view text);

}  // namespace tlgen
