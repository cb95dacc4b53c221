// Resolving names, finding types that contain themselves, and ordering declarations.
#include "model.hpp"

#include "names.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace tlgen {
namespace {

const std::map<std::string_view, shape_kind> builtin = {
    {"#", shape_kind::flags},       {"true", shape_kind::truth},     {"int", shape_kind::int32},
    {"long", shape_kind::int64},    {"double", shape_kind::float64}, {"int128", shape_kind::int128},
    {"int256", shape_kind::int256}, {"Bool", shape_kind::boolean},   {"string", shape_kind::string},
    {"bytes", shape_kind::bytes},   {"Object", shape_kind::raw},
};

bool is_type_name(const std::string& name) {
    const std::size_t dot = name.rfind('.');
    const char first = name[dot == std::string::npos ? 0 : dot + 1];
    return first >= 'A' && first <= 'Z';
}

class builder {
  public:
    builder(const schema& parsed, const model_options& options) : parsed_(parsed), options_(options) {
        made_.opaque = options.opaque;
        made_.file = parsed.file;
    }

    model run(int layer) {
        made_.layer = layer;
        if (!options_.opaque && parsed_.layers.size() > 1)
            fail(parsed_.layers_at[1], "expected one layer: only --opaque keeps several apart");
        for (const declaration& line : parsed_.declarations)
            if (line.layer == layer) lines_.push_back(&line);
        collect();
        for (std::size_t i = 0; i < lines_.size(); ++i)
            resolve(i);
        find_sums();
        measure();
        if (!options_.roots.empty()) prune();
        arrange();
        check_names(made_);
        return std::move(made_);
    }

  private:
    [[noreturn]] void fail(position at, const std::string& text) const {
        throw schema_error(parsed_.file, at, text);
    }

    void collect() {
        std::map<std::uint32_t, const declaration*> ids;
        for (const declaration* line : lines_) {
            if (!combinator_of_.emplace(line->name, made_.combinators.size()).second)
                fail(line->at, "expected a name that is not yet taken, '" + line->name + "' is");
            const auto [known, fresh] = ids.emplace(line->id, line);
            if (!fresh)
                fail(line->at, "expected an id of its own, '" + known->second->name + "' has the same");
            combinator made;
            made.name = line->name;
            made.id = line->id;
            made.at = line->at;
            made.is_function = line->is_function;
            if (!line->is_function) made.type = declare_type(*line);
            made_.combinators.push_back(std::move(made));
        }
    }

    std::size_t declare_type(const declaration& line) {
        const type_expr& result = line.result;
        if (result.bang || result.percent || !result.arguments.empty() || !is_type_name(result.name) ||
            builtin.contains(result.name)) {
            fail(result.at, "expected the name of a type, such as 'Message', found '" + result.text() + "'");
        }
        const auto [known, fresh] = type_of_.emplace(result.name, made_.types.size());
        if (fresh) made_.types.push_back({result.name, {}, false, line.at});
        made_.types[known->second].constructors.push_back(made_.combinators.size());
        return known->second;
    }

    void resolve(std::size_t index) {
        const declaration& line = *lines_[index];
        combinator& made = made_.combinators[index];
        for (const field_decl& written : line.fields) {
            field resolved;
            resolved.name = written.name;
            resolved.at = written.at;
            for (const field& other : made.fields)
                if (other.name == written.name)
                    fail(written.at,
                         "expected a field name that is not yet taken, '" + written.name + "' is");
            if (!made.fields.empty() && made.fields.back().what.kind == shape_kind::raw && !options_.opaque)
                fail(written.at, "expected '=' after a field of any type");
            resolved.what = shape_of(written.type, line);
            if (written.when) {
                resolved.word = flag_word(made, *written.when);
                resolved.bit = written.when->bit;
            }
            if (resolved.what.kind == shape_kind::truth && !written.when)
                fail(written.type.at, "expected 'true' only behind a flag");
            if (resolved.what.kind == shape_kind::flags && written.when)
                fail(written.type.at, "expected '#' without a flag");
            made.fields.push_back(std::move(resolved));
        }
        if (!line.is_function) return;
        made.result = shape_of(line.result, line);
        if (made.result.kind == shape_kind::flags || made.result.kind == shape_kind::truth)
            fail(line.result.at, "expected a type that can be returned, found '" + line.result.text() + "'");
    }

    std::size_t flag_word(const combinator& owner, const condition& when) const {
        for (std::size_t i = 0; i < owner.fields.size(); ++i)
            if (owner.fields[i].name == when.word && owner.fields[i].what.kind == shape_kind::flags) return i;
        fail(when.at, "expected a field '" + when.word + ":#' before its use");
    }

    static shape simple(shape_kind kind) {
        shape made;
        made.kind = kind;
        return made;
    }

    shape shape_of(const type_expr& written, const declaration& line) const {
        const bool generic =
            std::find(line.generics.begin(), line.generics.end(), written.name) != line.generics.end();
        if (written.bang && !generic)
            fail(written.at, "expected a type variable such as '{X:Type}' for '" + written.text() + "'");
        if (generic) {
            if (!written.arguments.empty() || written.percent)
                fail(written.at, "expected a plain type variable, found '" + written.text() + "'");
            return simple(shape_kind::raw);
        }
        if (written.name == "Vector" || written.name == "vector") return vector_of(written, line);
        if (!written.arguments.empty())
            fail(written.at, "expected 'Vector' or 'vector' before '<', found '" + written.name + "'");
        if (const auto known = builtin.find(written.name); known != builtin.end()) {
            if (written.percent) fail(written.at, "expected a constructed type after '%'");
            return simple(known->second);
        }
        if (options_.opaque) return simple(shape_kind::raw);
        return named(written);
    }

    shape vector_of(const type_expr& written, const declaration& line) const {
        if (written.arguments.empty()) fail(written.at, "expected '<' and the type of the elements");
        shape made = simple(shape_kind::vector);
        made.boxed = written.name == "Vector" && !written.percent;
        made.element = std::make_shared<shape>(shape_of(written.arguments.front(), line));
        const shape_kind inside = made.element->kind;
        if (inside == shape_kind::truth || inside == shape_kind::flags ||
            (inside == shape_kind::raw && !options_.opaque)) {
            fail(written.arguments.front().at,
                 "expected a type that can be an element, found '" + written.arguments.front().text() + "'");
        }
        return made;
    }

    shape named(const type_expr& written) const {
        shape made;
        if (is_type_name(written.name)) {
            const auto known = type_of_.find(written.name);
            if (known == type_of_.end())
                fail(written.at, "expected a type that some constructor makes, found '" + written.name + "'");
            made.kind = shape_kind::object;
            made.index = known->second;
            if (!written.percent) return made;
            const auto& constructors = made_.types[known->second].constructors;
            if (constructors.size() != 1)
                fail(written.at,
                     "expected a type with one constructor after '%', found '" + written.name + "'");
            made.kind = shape_kind::bare;
            made.index = constructors.front();
            return made;
        }
        const auto known = combinator_of_.find(written.name);
        if (known == combinator_of_.end() || lines_[known->second]->is_function)
            fail(written.at, "expected a type, found '" + written.name + "'");
        made.kind = shape_kind::bare;
        made.index = known->second;
        return made;
    }

    // A type with one constructor is that struct, unless the struct would then contain itself.
    void find_sums() {
        for (type& each : made_.types)
            each.is_sum = each.constructors.size() > 1;
        std::vector<int> state(made_.combinators.size(), 0);
        for (std::size_t i = 0; i < made_.combinators.size(); ++i)
            visit_values(i, state);
    }

    void check_depth(std::size_t index, int depth) const {
        constexpr int deepest = 256;  // of values inside values; the real schemas stop at five
        if (depth > deepest) fail(lines_[index]->at, "expected types that are nested less deeply");
    }

    void visit_values(std::size_t index, std::vector<int>& state, int depth = 0) {
        check_depth(index, depth);
        enum { fresh, open, closed };
        if (state[index] != fresh) return;
        state[index] = open;
        for (std::size_t i = 0; i < made_.combinators[index].fields.size(); ++i) {
            const shape& what = made_.combinators[index].fields[i].what;
            const std::optional<std::size_t> held = made_.struct_of(what);
            if (!held) continue;
            if (state[*held] == open) {
                if (what.kind == shape_kind::bare)
                    fail(lines_[index]->fields[i].at,
                         "expected a field that does not contain its own constructor");
                made_.types[what.index].is_sum = true;
            } else {
                visit_values(*held, state, depth + 1);
            }
        }
        state[index] = closed;
    }

    // The shortest encodings, from below: what is not known yet counts as nothing.
    void measure() {
        for (bool changed = true; changed;) {
            changed = false;
            for (combinator& each : made_.combinators) {
                std::size_t sum = 0;
                for (const field& one : each.fields)
                    if (!one.word) sum += made_.smallest(one.what);
                constexpr std::size_t enough = 1u << 16;
                sum = std::min(sum, enough);
                changed = changed || sum != each.smallest;
                each.smallest = sum;
            }
        }
    }

    void prune() {
        std::vector<bool> kept(made_.combinators.size(), false);
        std::vector<std::size_t> todo;
        for (const root& wanted : options_.roots) {
            const auto known = combinator_of_.find(wanted.name);
            if (known == combinator_of_.end())
                throw schema_error(
                    wanted.file.empty() ? parsed_.file : wanted.file, wanted.at,
                    "expected the name of a method of the schema, '" + wanted.name + "' is not one");
            todo.push_back(known->second);
        }
        const auto reach = [&](const shape& what) {
            const shape* inner = &what;
            while (inner->kind == shape_kind::vector)
                inner = inner->element.get();
            if (inner->kind == shape_kind::bare) todo.push_back(inner->index);
            if (inner->kind == shape_kind::object)
                for (const std::size_t each : made_.types[inner->index].constructors)
                    todo.push_back(each);
        };
        while (!todo.empty()) {
            const std::size_t next = todo.back();
            todo.pop_back();
            if (kept[next]) continue;
            kept[next] = true;
            const combinator& reached = made_.combinators[next];
            for (const field& one : reached.fields)
                reach(one.what);
            shape own;
            own.kind = shape_kind::object;
            own.index = reached.type;
            reach(reached.is_function ? reached.result : own);
        }
        keep(kept);
    }

    // Indices stay as they are: what is dropped keeps its place in the tables but is declared nowhere.
    void keep(const std::vector<bool>& kept) {
        for (std::size_t i = 0; i < kept.size(); ++i)
            if (!kept[i]) dropped_.insert(i);
        for (type& each : made_.types)
            std::erase_if(each.constructors, [&](std::size_t index) { return dropped_.contains(index); });
    }

    void arrange() {
        std::vector<bool> placed(made_.combinators.size(), false);
        for (std::size_t i = 0; i < made_.combinators.size(); ++i)
            place(i, placed);
    }

    void place(std::size_t index, std::vector<bool>& placed, int depth = 0) {
        check_depth(index, depth);
        if (placed[index] || dropped_.contains(index)) return;
        placed[index] = true;
        for (const field& one : made_.combinators[index].fields) {
            const shape* inner = &one.what;
            while (inner->kind == shape_kind::vector)
                inner = inner->element.get();
            if (const auto held = made_.struct_of(*inner)) place(*held, placed, depth + 1);
        }
        made_.order.push_back(index);
    }

    const schema& parsed_;
    const model_options& options_;
    model made_;
    std::vector<const declaration*> lines_;
    std::unordered_map<std::string, std::size_t> combinator_of_;
    std::unordered_map<std::string, std::size_t> type_of_;
    std::set<std::size_t> dropped_;
};

}  // namespace

std::optional<std::size_t> model::struct_of(const shape& what) const {
    if (what.kind == shape_kind::bare) return what.index;
    if (what.kind == shape_kind::object && !types[what.index].is_sum)
        return types[what.index].constructors.front();
    return std::nullopt;
}

std::size_t model::smallest(const shape& what) const {
    switch (what.kind) {
        case shape_kind::truth:
        case shape_kind::raw:
            return 0;
        case shape_kind::flags:
        case shape_kind::int32:
        case shape_kind::boolean:
        case shape_kind::string:
        case shape_kind::bytes:
            return 4;
        case shape_kind::int64:
        case shape_kind::float64:
            return 8;
        case shape_kind::int128:
            return 16;
        case shape_kind::int256:
            return 32;
        case shape_kind::vector:
            return what.boxed ? 8 : 4;
        case shape_kind::object:
            return types[what.index].is_sum
                       ? 4
                       : 4 + combinators[types[what.index].constructors.front()].smallest;
        case shape_kind::bare:
            return combinators[what.index].smallest;
    }
    return 0;
}

model build_model(const schema& parsed, int layer, const model_options& options) {
    return builder(parsed, options).run(layer);
}

}  // namespace tlgen
