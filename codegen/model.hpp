// The schema with every name resolved, in the order in which C++ can declare it.
#pragma once

#include "parser.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tlgen {

enum class shape_kind {
    flags,  ///< `#`, computed from the fields that it governs
    truth,  ///< `flags.N?true`: the bit is the value
    int32,
    int64,
    float64,
    int128,
    int256,
    boolean,
    string,
    bytes,
    raw,  ///< an encoded object of any type
    vector,
    object,  ///< a type: its id, then its fields
    bare,    ///< one constructor's fields without its id
};

/// What a field holds.
struct shape {
    shape_kind kind = shape_kind::int32;
    bool boxed = true;               ///< vector: with its id in front
    std::shared_ptr<shape> element;  ///< vector
    std::size_t index = 0;           ///< object: of the type; bare: of the constructor
};

struct field {
    std::string name;
    shape what;
    std::optional<std::size_t> word;  ///< the field of this constructor that holds its flag
    int bit = 0;
    position at{};
};

/// A constructor or a method.
struct combinator {
    std::string name;
    std::uint32_t id = 0;
    std::vector<field> fields;
    bool is_function = false;
    std::size_t type = 0;      ///< a constructor's type
    shape result;              ///< what a method returns
    std::size_t smallest = 0;  ///< bytes of the shortest encoding, id not counted
    position at{};
};

struct type {
    std::string name;
    std::vector<std::size_t> constructors;
    bool is_sum = false;  ///< held behind a pointer: several constructors, or one that contains itself
    position at{};        ///< of the first constructor's line
};

/// A method to keep, and where it is asked for.
struct root {
    root(std::string method) : name(std::move(method)) {}
    root(const char* method) : name(method) {}
    root(std::string method, std::string in, position where)
        : name(std::move(method)), file(std::move(in)), at(where) {}

    std::string name;
    std::string file;  ///< empty: the schema's
    position at;
};

struct model_options {
    /// Objects stay raw: their types need not be in the schema, and nothing can be read back.
    bool opaque = false;
    /// The methods to keep, with all that they reach. Empty keeps everything.
    std::vector<root> roots;
};

struct model {
    std::string file;
    int layer = 0;
    bool opaque = false;
    std::vector<combinator> combinators;
    std::vector<type> types;
    std::vector<std::size_t> order;  ///< the combinators, each after those that it holds by value

    bool is_sum(const shape& what) const {
        return what.kind == shape_kind::object && types[what.index].is_sum;
    }
    /// The constructor that a shape holds by value (neither vector nor sum).
    std::optional<std::size_t> struct_of(const shape& what) const;
    /// The bytes of the shortest encoding.
    std::size_t smallest(const shape& what) const;
};

/// Resolves the declarations of one layer of `parsed`. Throws schema_error.
model build_model(const schema& parsed, int layer, const model_options& options);

}  // namespace tlgen
