// Random values: objects get small below a few levels, so that every one ends.
#include "random_tl.hpp"

#include <algorithm>
#include <bit>

namespace roundtrip {
namespace {

using tlgen::shape_kind;

constexpr int deep = 2;  // from here on the smallest constructor, and no flags
constexpr int unknown_height = 1000;
constexpr std::uint64_t double_limit = 1ull << 53;

// Around the places where the encoding of a length changes (protocol 9.3).
constexpr std::size_t lengths[] = {0, 1, 2, 3, 4, 5, 7, 8, 20, 252, 253, 254, 255, 256, 257, 1000};
constexpr std::size_t short_lengths = 9;

}  // namespace

random_tl::random_tl(const tlgen::model& what, std::set<std::string> narrow, std::uint64_t seed)
    : model_(what), narrow_(std::move(narrow)), random_(seed) {
    measure_heights();
    for (std::size_t i = 0; i < what.combinators.size(); ++i) {
        const auto& fields = what.combinators[i].fields;
        const bool generic = !fields.empty() && fields.back().what.kind == shape_kind::raw;
        if (what.combinators[i].is_function && !generic) methods_.push_back(i);
    }
}

int random_tl::height_of(const tlgen::shape& what) const {
    if (what.kind == shape_kind::bare) return heights_[what.index];
    if (what.kind != shape_kind::object) return 0;  // a vector may be empty
    int least = unknown_height;
    for (const std::size_t each : model_.types[what.index].constructors)
        least = std::min(least, heights_[each]);
    return least;
}

void random_tl::measure_heights() {
    heights_.assign(model_.combinators.size(), unknown_height);
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 0; i < heights_.size(); ++i) {
            int height = 0;
            for (const tlgen::field& field : model_.combinators[i].fields)
                if (!field.word) height = std::max(height, height_of(field.what) + 1);
            if (height < heights_[i]) {
                heights_[i] = height;
                changed = true;
            }
        }
    }
}

void random_tl::put_u32(std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8)
        out_.push_back(static_cast<std::uint8_t>(value >> shift));
}

void random_tl::put_u64(std::uint64_t value) {
    put_u32(static_cast<std::uint32_t>(value));
    put_u32(static_cast<std::uint32_t>(value >> 32));
}

void random_tl::put_bytes(const std::string& value) {
    if (value.size() < 254) {
        out_.push_back(static_cast<std::uint8_t>(value.size()));
    } else {
        put_u32(static_cast<std::uint32_t>(value.size() << 8 | 254));
    }
    out_.insert(out_.end(), value.begin(), value.end());
    while (out_.size() % 4 != 0)
        out_.push_back(0);
}

std::size_t random_tl::length() {
    return below(8) == 0 ? lengths[below(std::size(lengths))] : lengths[below(short_lengths)];
}

std::string random_tl::binary() {
    std::string made(length(), '\0');
    for (char& each : made)
        each = static_cast<char>(random_());
    return made;
}

// Valid UTF-8 of exactly the drawn length.
std::string random_tl::text() {
    const std::size_t size = length();
    std::string made;
    while (made.size() < size) {
        static const std::string wide[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8e\xac"};
        const std::string& one = wide[below(3)];
        if (below(4) == 0 && made.size() + one.size() <= size) {
            made += one;
        } else {
            made += static_cast<char>(' ' + below(95));
        }
    }
    return made;
}

std::vector<std::uint8_t> random_tl::boxed(std::size_t combinator, flag_choice flags) {
    out_.clear();
    put_u32(model_.combinators[combinator].id);
    put_fields(combinator, flags, 0);
    return std::move(out_);
}

void random_tl::put_fields(std::size_t combinator, flag_choice flags, int depth) {
    const tlgen::combinator& one = model_.combinators[combinator];
    std::vector<std::uint32_t> words(one.fields.size(), 0);
    for (const tlgen::field& field : one.fields)
        if (field.word && flags != flag_choice::none) words[*field.word] |= 1u << field.bit;
    for (std::size_t i = 0; i < one.fields.size(); ++i) {
        const tlgen::field& field = one.fields[i];
        if (field.what.kind == shape_kind::flags) {
            if (flags == flag_choice::some) words[i] &= static_cast<std::uint32_t>(random_());
            put_u32(words[i]);
        } else if (!field.word || (words[*field.word] >> field.bit & 1) != 0) {
            put_value(field.what, narrow_.contains(one.name + "." + field.name), depth, !field.word);
        }
    }
}

void random_tl::put_object(std::size_t type, int depth) {
    const auto& constructors = model_.types[type].constructors;
    const auto smaller = [&](std::size_t a, std::size_t b) { return heights_[a] < heights_[b]; };
    const std::size_t chosen = depth < deep
                                   ? constructors[below(static_cast<std::uint32_t>(constructors.size()))]
                                   : *std::min_element(constructors.begin(), constructors.end(), smaller);
    put_u32(model_.combinators[chosen].id);
    put_fields(chosen, depth < deep ? flag_choice::some : flag_choice::none, depth + 1);
}

void random_tl::put_value(const tlgen::shape& what, bool narrow, int depth, bool may_be_empty) {
    switch (what.kind) {
        case shape_kind::truth:
        case shape_kind::flags:
            return;
        case shape_kind::int32:
            return put_u32(static_cast<std::uint32_t>(random_()));
        case shape_kind::int64: {
            const std::uint64_t value = random_();
            if (!narrow) return put_u64(value);
            const std::uint64_t held = value % double_limit;
            return put_u64(value >> 63 ? ~held + 1 : held);
        }
        case shape_kind::float64: {
            const double value = static_cast<double>(static_cast<std::int64_t>(random_())) / 1024;
            return put_u64(std::bit_cast<std::uint64_t>(value));
        }
        case shape_kind::int128:
        case shape_kind::int256:
            for (int words = what.kind == shape_kind::int128 ? 2 : 4; words > 0; --words)
                put_u64(random_());
            return;
        case shape_kind::boolean:
            return put_u32(below(2) ? 0x997275b5 : 0xbc799737);
        case shape_kind::string:
            return put_bytes(text());
        case shape_kind::bytes:
            return put_bytes(binary());
        case shape_kind::raw: {
            const std::size_t method = methods_[below(static_cast<std::uint32_t>(methods_.size()))];
            put_u32(model_.combinators[method].id);
            return put_fields(method, flag_choice::some, depth + 1);
        }
        case shape_kind::vector: {
            // The other side leaves out a flagged vector that is empty.
            std::uint32_t count = depth < deep ? below(4) : 0;
            if (count == 0 && !may_be_empty) count = 1;
            if (what.boxed) put_u32(0x1cb5c415);
            put_u32(count);
            for (std::uint32_t i = 0; i < count; ++i)
                put_value(*what.element, narrow, depth, true);
            return;
        }
        case shape_kind::object:
            return put_object(what.index, depth);
        case shape_kind::bare:
            return put_fields(what.index, flag_choice::none, depth + 1);
    }
}

}  // namespace roundtrip
