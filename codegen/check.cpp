// The check of ids: protocol 9.2.
#include "check.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace tlgen {
namespace {

constexpr std::array<std::uint32_t, 256> crc_table = [] {
    constexpr std::uint32_t polynomial = 0xedb88320;
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1) ? (value >> 1) ^ polynomial : value >> 1;
        table[i] = value;
    }
    return table;
}();

std::string spelled(const type_expr& type) {
    std::string text = type.bang ? "!" : type.percent ? "%" : "";
    text += type.name;
    if (!type.arguments.empty()) text += " " + spelled(type.arguments.front());
    return text;
}

std::string hex(std::uint32_t value) {
    char text[9];
    std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(value));
    return text;
}

}  // namespace

std::uint32_t crc32(std::string_view text) {
    std::uint32_t value = 0xffffffff;
    for (const char c : text)
        value = crc_table[(value ^ static_cast<unsigned char>(c)) & 0xff] ^ (value >> 8);
    return ~value;
}

std::string hashed_text(const declaration& line) {
    std::string text = line.name;
    for (const std::string& generic : line.generics)
        text += " " + generic + ":Type";
    for (const field_decl& field : line.fields) {
        if (field.when && field.type.name == "true") continue;
        text += " " + field.name + ":";
        if (field.when) text += field.when->word + "." + std::to_string(field.when->bit) + "?";
        text += field.type.name == "bytes" ? "string" : spelled(field.type);
    }
    return text + " = " + spelled(line.result);
}

void check_ids(const schema& checked) {
    for (const declaration& line : checked.declarations) {
        const auto named = [&](const fixed_id& fixed) { return fixed.name == line.name; };
        const bool fixed = std::any_of(checked.fixed_ids.begin(), checked.fixed_ids.end(), named);
        const std::uint32_t expected = crc32(hashed_text(line));
        if (!fixed && line.id != expected)
            throw schema_error(
                checked.file, line.at,
                "expected the id #" + hex(expected) + " for '" + line.name + "', found #" + hex(line.id));
    }
    for (const fixed_id& fixed : checked.fixed_ids) {
        const auto excused = [&](const declaration& line) {
            return line.name == fixed.name && line.id != crc32(hashed_text(line));
        };
        if (std::none_of(checked.declarations.begin(), checked.declarations.end(), excused))
            throw schema_error(
                checked.file, fixed.at,
                "expected a line whose id differs from its CRC32, '" + fixed.name + "' is none");
    }
}

}  // namespace tlgen
