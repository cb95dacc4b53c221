// Names: keywords, clashes with namespaces and with the runtime get a `_`.
#include "names.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace tlgen {
namespace {

constexpr std::array<std::string_view, 97> keywords = {
    "alignas",     "alignof",  "and",        "and_eq",    "asm",       "auto",         "bitand",
    "bitor",       "bool",     "break",      "case",      "catch",     "char",         "char16_t",
    "char32_t",    "char8_t",  "class",      "co_await",  "co_return", "co_yield",     "compl",
    "concept",     "const",    "const_cast", "consteval", "constexpr", "constinit",    "continue",
    "decltype",    "default",  "delete",     "do",        "double",    "dynamic_cast", "else",
    "enum",        "explicit", "export",     "extern",    "false",     "float",        "for",
    "friend",      "goto",     "if",         "inline",    "int",       "long",         "mutable",
    "namespace",   "new",      "noexcept",   "not",       "not_eq",    "nullptr",      "operator",
    "or",          "or_eq",    "private",    "protected", "public",    "register",     "reinterpret_cast",
    "requires",    "return",   "short",      "signed",    "sizeof",    "static",       "static_assert",
    "static_cast", "struct",   "switch",     "template",  "this",      "thread_local", "throw",
    "true",        "try",      "typedef",    "typeid",    "typename",  "union",        "unsigned",
    "using",       "virtual",  "void",       "volatile",  "wchar_t",   "while",        "xor",
    "xor_eq",      "assert",   "errno",      "linux",     "unix",      "NULL",
};

// What the runtime itself calls mtproto::tl::something.
constexpr std::array<std::string_view, 24> runtime = {
    "reader",           "writer",        "sum",       "raw",          "list",      "visit",
    "encode",           "decode",        "prefix",    "gzip",         "gunzip",    "detail",
    "constructor_info", "int128",        "int256",    "encoded_size", "vector_id", "true_id",
    "false_id",         "decode_prefix", "api_layer", "layer",        "in_layer",  "mtproto",
};

// What every generated struct has besides its fields, and its functions' variables, begin so.
constexpr const char* local_prefix = "tl_";
constexpr std::array<std::string_view, 1> members = {"std"};

template <class Words>
bool contains(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

names::names(const model& named, std::string root) : model_(named), root_(std::move(root)) {
    for (const combinator& each : named.combinators)
        spaces_.insert(space(each.name));
    for (const type& each : named.types)
        spaces_.insert(space(each.name));
}

std::string names::space(std::string_view name) {
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return {};
    std::string word(name.substr(0, dot));
    if (contains(keywords, word) || contains(runtime, word)) word += "_";
    return word;
}

std::string names::local(std::string_view name) const {
    std::string own(name.substr(name.find('.') + 1));
    const bool at_root = own.size() == name.size();
    if (contains(keywords, own) || (at_root && contains(runtime, own))) own += "_";
    while (at_root && spaces_.contains(own))
        own += "_";
    return own;
}

std::string names::qualified(std::string_view name) const {
    const std::string inside = space(name);
    return "::" + root_ + "::" + (inside.empty() ? "" : inside + "::") + local(name);
}

std::string names::member(const combinator& owner, const field& named) {
    const bool response = owner.is_function && named.name == "response";
    const bool local = named.name.starts_with(local_prefix);
    if (response || local || contains(keywords, named.name) || contains(members, named.name))
        return named.name + "_";
    return named.name;
}

std::string names::flags_variable(const field& flags) {
    // The functions' own: the reader and writer, and what loops over vectors count with.
    const bool own = flags.name == "in" || flags.name == "out" || flags.name.starts_with("each") ||
                     flags.name.starts_with("count") || flags.name.starts_with("items");
    return local_prefix + flags.name + (own ? "_" : "");
}

std::string names::value_type(const shape& what) const {
    switch (what.kind) {
        case shape_kind::flags:
            return "std::uint32_t";
        case shape_kind::truth:
        case shape_kind::boolean:
            return "bool";
        case shape_kind::int32:
            return "std::int32_t";
        case shape_kind::int64:
            return "std::int64_t";
        case shape_kind::float64:
            return "double";
        case shape_kind::int128:
            return "::mtproto::tl::int128";
        case shape_kind::int256:
            return "::mtproto::tl::int256";
        case shape_kind::string:
            return "std::string";
        case shape_kind::bytes:
            return "::mtproto::bytes";
        case shape_kind::raw:
            return "::mtproto::tl::raw";
        case shape_kind::vector:
            return "std::vector<" + value_type(*what.element) + ">";
        case shape_kind::object: {
            const type& held = model_.types[what.index];
            return qualified(held.is_sum ? held.name : model_.combinators[held.constructors.front()].name);
        }
        case shape_kind::bare:
            return qualified(model_.combinators[what.index].name);
    }
    return {};
}

std::string names::field_type(const field& typed) const {
    const std::string value = value_type(typed.what);
    return is_optional(typed) ? "std::optional<" + value + ">" : value;
}

bool names::is_optional(const field& typed) const {
    return typed.word && typed.what.kind != shape_kind::truth && !model_.is_sum(typed.what);
}

void check_names(const model& named) {
    const names spelled(named, "");
    std::map<std::string, std::string> taken;
    const auto take = [&](const std::string& in_cpp, const std::string& name, position at) {
        const auto [known, fresh] = taken.emplace(in_cpp, name);
        if (!fresh)
            throw schema_error(named.file, at,
                               "expected a name that differs from '" + known->second + "' in C++ too, '" +
                                   name + "' becomes the same");
    };
    for (const std::size_t index : named.order)
        take(spelled.qualified(named.combinators[index].name), named.combinators[index].name,
             named.combinators[index].at);
    for (const type& each : named.types)
        if (!named.opaque && !each.constructors.empty())
            take(spelled.qualified(each.name), each.name, each.at);
    for (const std::size_t index : named.order) {
        taken.clear();
        const combinator& owner = named.combinators[index];
        for (const field& each : owner.fields)
            if (each.what.kind != shape_kind::flags) take(names::member(owner, each), each.name, each.at);
    }
}

}  // namespace tlgen
