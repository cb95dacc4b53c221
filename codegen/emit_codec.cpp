// Emits the sources: straight-line reading and writing of every combinator.
#include "emit.hpp"
#include "names.hpp"

#include <algorithm>
#include <cstdio>

namespace tlgen {
namespace {

std::string hex(std::uint32_t value) {
    char text[12];
    std::snprintf(text, sizeof text, "0x%08xu", static_cast<unsigned>(value));
    return text;
}

std::string mask(int bit) {
    char text[12];
    std::snprintf(text, sizeof text, "0x%xu", 1u << bit);
    return text;
}

bool is_item(const shape& what) {
    switch (what.kind) {
        case shape_kind::int32:
        case shape_kind::int64:
        case shape_kind::float64:
        case shape_kind::boolean:
        case shape_kind::string:
        case shape_kind::bytes:
            return true;
        default:
            return false;
    }
}

// Writes the body of one combinator's functions.
class body {
  public:
    body(const unit& each, const names& spelled, const combinator& one, std::string& out)
        : model_(each.what), names_(spelled), one_(one), out_(out) {}

    void write() {
        for (const field& member : one_.fields) {
            if (member.what.kind == shape_kind::flags) {
                write_flags(member);
            } else if (!member.word) {
                write_value(member.what, names::member(one_, member), 1);
            } else if (member.what.kind != shape_kind::truth) {
                write_optional(member);
            }
        }
    }

    void read() {
        for (const field& member : one_.fields) {
            const std::string name = names::member(one_, member);
            if (member.what.kind == shape_kind::flags) {
                line(1, "const std::uint32_t " + names::flags_variable(member) + " = tl_in.u32();");
                if (!is_used(member)) line(1, "static_cast<void>(" + names::flags_variable(member) + ");");
            } else if (!member.word) {
                read_value(member.what, name, 1);
            } else if (member.what.kind == shape_kind::truth) {
                line(1, name + " = (" + condition(member) + ") != 0;");
            } else {
                line(1, "if (" + condition(member) + ") {");
                const bool in_place = names_.is_optional(member) && !is_plain(member.what);
                read_value(member.what, in_place ? name + ".emplace()" : name, 2);
                line(1, "}");
            }
        }
    }

  private:
    void line(std::size_t depth, const std::string& text) {
        out_ += std::string(depth * 4, ' ') + text + "\n";
    }

    std::string condition(const field& member) const {
        return names::flags_variable(one_.fields[*member.word]) + " & " + mask(member.bit);
    }

    bool is_used(const field& flags) const {
        return std::any_of(one_.fields.begin(), one_.fields.end(), [&](const field& member) {
            return member.word && &one_.fields[*member.word] == &flags;
        });
    }

    // Whether another field with a value hangs on the same bit: then the bit alone says that both are there.
    bool is_shared(const field& member) const {
        return std::any_of(one_.fields.begin(), one_.fields.end(), [&](const field& other) {
            return &other != &member && other.word == member.word && other.bit == member.bit;
        });
    }

    void write_flags(const field& flags) {
        if (!is_used(flags)) {
            line(1, "tl_out.u32(0);");
            return;
        }
        line(1, "std::uint32_t " + names::flags_variable(flags) + " = 0;");
        for (const field& member : one_.fields) {
            if (!member.word || &one_.fields[*member.word] != &flags) continue;
            line(1, "if (" + names::member(one_, member) + ") " + names::flags_variable(flags) +
                        " |= " + mask(member.bit) + ";");
        }
        line(1, "tl_out.u32(" + names::flags_variable(flags) + ");");
    }

    void write_optional(const field& member) {
        const std::string name = names::member(one_, member);
        const std::string value = names_.is_optional(member) ? "(*" + name + ")" : name;
        if (!is_shared(member)) {
            line(1, "if (" + name + ") {");
            write_value(member.what, value, 2);
            line(1, "}");
            return;
        }
        line(1, "if (" + condition(member) + ") {");
        line(2, "if (" + name + ") {");
        write_value(member.what, value, 3);
        line(2, "} else {");
        write_absent(member.what, 3);
        line(2, "}");
        line(1, "}");
    }

    // The value of a field that is absent while its flag, which other fields share, is set.
    void write_absent(const shape& what, int depth) {
        switch (what.kind) {
            case shape_kind::int32:
                return line(depth, "tl_out.i32(0);");
            case shape_kind::int64:
                return line(depth, "tl_out.i64(0);");
            case shape_kind::float64:
                return line(depth, "tl_out.f64(0);");
            case shape_kind::boolean:
                return line(depth, "tl_out.boolean(false);");
            case shape_kind::string:
            case shape_kind::bytes:
                return line(depth, "tl_out.string(std::string_view());");
            case shape_kind::vector:
                return line(depth, what.boxed ? "tl_out.vector(0);" : "tl_out.count(0);");
            default:
                return line(depth, "tl_out.fail();");
        }
    }

    // "*name" for "(*name)", where the parentheses are not needed.
    static std::string plain(const std::string& value) {
        return value.starts_with("(*") ? value.substr(1, value.size() - 2) : value;
    }

    void write_value(const shape& what, const std::string& value, int depth) {
        switch (what.kind) {
            case shape_kind::int32:
                return line(depth, "tl_out.i32(" + plain(value) + ");");
            case shape_kind::int64:
                return line(depth, "tl_out.i64(" + plain(value) + ");");
            case shape_kind::float64:
                return line(depth, "tl_out.f64(" + plain(value) + ");");
            case shape_kind::boolean:
                return line(depth, "tl_out.boolean(" + plain(value) + ");");
            case shape_kind::int128:
            case shape_kind::int256:
                return line(depth, "tl_out.fixed(" + plain(value) + ");");
            case shape_kind::string:
                return line(depth, "tl_out.string(" + plain(value) + ");");
            case shape_kind::bytes:
                return line(depth, "tl_out.string(" + value + ".view());");
            case shape_kind::raw:
                return line(depth, "tl_out.raw(" + value + ".data);");
            case shape_kind::vector:
                return write_vector(what, value, depth);
            case shape_kind::object:
                if (!model_.types[what.index].is_sum) {
                    const std::size_t only = model_.types[what.index].constructors.front();
                    line(depth, "tl_out.u32(" + hex(model_.combinators[only].id) + ");");
                }
                return line(depth, value + ".tl_write(tl_out);");
            case shape_kind::bare:
                return line(depth, value + ".tl_write(tl_out);");
            case shape_kind::flags:
            case shape_kind::truth:
                return;
        }
    }

    void write_vector(const shape& what, const std::string& value, int depth) {
        line(depth, std::string("tl_out.") + (what.boxed ? "vector(" : "count(") + value + ".size());");
        if (is_item(*what.element)) {
            line(depth, "tl_out.items(" + plain(value) + ");");
            return;
        }
        const std::string each = "tl_each" + std::to_string(depth);
        line(depth, "for (const auto& " + each + " : " + plain(value) + ") {");
        write_value(*what.element, each, depth + 1);
        line(depth, "}");
    }

    // Assigned rather than read in place.
    static bool is_plain(const shape& what) {
        switch (what.kind) {
            case shape_kind::vector:
            case shape_kind::object:
            case shape_kind::bare:
                return false;
            default:
                return true;
        }
    }

    void read_value(const shape& what, const std::string& value, int depth) {
        switch (what.kind) {
            case shape_kind::int32:
                return line(depth, value + " = tl_in.i32();");
            case shape_kind::int64:
                return line(depth, value + " = tl_in.i64();");
            case shape_kind::float64:
                return line(depth, value + " = tl_in.f64();");
            case shape_kind::boolean:
                return line(depth, value + " = tl_in.boolean();");
            case shape_kind::int128:
                return line(depth, value + " = tl_in.i128();");
            case shape_kind::int256:
                return line(depth, value + " = tl_in.i256();");
            case shape_kind::string:
                return line(depth, value + " = tl_in.string();");
            case shape_kind::bytes:
                return line(depth, value + " = tl_in.bytes();");
            case shape_kind::raw:
                return line(depth, value + " = ::mtproto::tl::raw{tl_in.rest()};");
            case shape_kind::vector:
                return read_vector(what, value, depth);
            case shape_kind::object:
                if (model_.types[what.index].is_sum) return line(depth, value + ".tl_read(tl_in);");
                return read_struct(hex(model_.combinators[model_.types[what.index].constructors.front()].id),
                                   value, depth);
            case shape_kind::bare:
                return read_struct("", value, depth);
            case shape_kind::flags:
            case shape_kind::truth:
                return;
        }
    }

    void read_struct(const std::string& id, const std::string& value, int depth) {
        line(depth, "if (tl_in.enter(" + id + ")) {");
        line(depth + 1, value + ".tl_read(tl_in);");
        line(depth + 1, "tl_in.leave();");
        line(depth, "}");
    }

    void read_vector(const shape& what, const std::string& value, int depth) {
        const std::string type = names_.value_type(what);
        const std::string element = names_.value_type(*what.element);
        const std::string count = std::string("tl_in.") + (what.boxed ? "vector(" : "count(") +
                                  std::to_string(model_.smallest(*what.element)) + ", sizeof(" + element +
                                  "))";
        const std::string suffix = std::to_string(depth);
        line(depth, "{");
        line(depth + 1, "const std::size_t tl_count" + suffix + " = " + count + ";");
        line(depth + 1, "auto& tl_items" + suffix + " = " + value + ";");
        if (is_item(*what.element)) {
            line(depth + 1, "tl_in.items(tl_count" + suffix + ", tl_items" + suffix + ");");
        } else {
            line(depth + 1, "tl_items" + suffix + " = " + type + "(tl_count" + suffix + ");");
            line(depth + 1, "for (auto& tl_each" + suffix + " : tl_items" + suffix + ") {");
            read_value(*what.element, "tl_each" + suffix, depth + 2);
            line(depth + 1, "}");
        }
        line(depth, "}");
    }

    const model& model_;
    const names& names_;
    const combinator& one_;
    std::string& out_;
};

void emit_functions(std::string& out, const unit& each, const names& spelled, const combinator& one) {
    const bool empty = one.fields.empty();
    const std::string name = spelled.qualified(one.name).substr(2);
    out += "void " + name + "::tl_write(::mtproto::tl::writer&" + (empty ? "" : " tl_out") + ") const {\n";
    body(each, spelled, one, out).write();
    out += "}\n";
    if (each.what.opaque) return;
    out += "void " + name + "::tl_read(::mtproto::tl::reader&" + (empty ? "" : " tl_in") + ") {\n";
    body(each, spelled, one, out).read();
    out += "}\n";
}

// The constructors of a sum stand beside it: nothing else needs to know how they are made and destroyed.
void emit_sum(std::string& out, const unit& each, const names& spelled, const type& named) {
    std::vector<const combinator*> sorted;
    for (const std::size_t index : named.constructors)
        sorted.push_back(&each.what.combinators[index]);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->id < b->id; });

    const std::string name = spelled.qualified(named.name).substr(2);
    const std::string local = spelled.local(named.name);
    out += "namespace {\nnamespace of_" + names::space(named.name) + "_" + local + " {\n";
    std::string table;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const std::string info = "info_" + std::to_string(i);
        out += "constexpr auto " + info + " = ::mtproto::tl::detail::info_of<" +
               spelled.qualified(sorted[i]->name) + ">();\n";
        table += (i == 0 ? "&" : ", &") + info;
    }
    out += "constexpr const ::mtproto::tl::constructor_info* known[] = {" + table + "};\n}\n}\n";
    const std::string space = "of_" + names::space(named.name) + "_" + local;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const std::string constructor = spelled.qualified(sorted[i]->name);
        out += name + "::" + local + "(" + constructor + " value)\n    : sum(new " + constructor +
               "(std::move(value)), &" + space + "::info_" + std::to_string(i) + ") {}\n";
    }
    out += "void " + name + "::tl_read(::mtproto::tl::reader& tl_in) {\n    read(tl_in, " + space +
           "::known, std::size(" + space + "::known));\n}\n";
}

}  // namespace

std::size_t part_of(const std::string& name, std::size_t parts) {
    std::uint32_t hash = 2166136261u;  // FNV-1a
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash % parts;
}

std::string emit_codec(const std::vector<unit>& units, const emit_options& options, std::size_t part) {
    std::string out = "// The codecs of the schema, part " + std::to_string(part + 1) + " of " +
                      std::to_string(options.sources) + ". Generated by tlgen from " + options.schema + ".\n";
    out += "#include <mtproto/" + options.name +
           ".hpp>\n\n#include <iterator>\n#include <utility>\n\n#include <mtproto/tl/info.hpp>\n"
           "#include <mtproto/tl/reader.hpp>\n#include <mtproto/tl/writer.hpp>\n\n";
    for (const unit& each : units) {
        const names spelled(each.what, each.root);
        for (const std::size_t index : each.what.order) {
            const combinator& one = each.what.combinators[index];
            const std::string& key = one.is_function ? one.name : each.what.types[one.type].name;
            if (part_of(key, options.sources) == part) emit_functions(out, each, spelled, one);
        }
        if (each.what.opaque) continue;
        for (const type& named : each.what.types)
            if (named.is_sum && !named.constructors.empty() && part_of(named.name, options.sources) == part)
                emit_sum(out, each, spelled, named);
    }
    return out;
}

}  // namespace tlgen
