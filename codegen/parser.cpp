// The parser: recursive descent over the tokens (protocol 9.1).
#include "parser.hpp"

#include "lexer.hpp"

#include <algorithm>
#include <charconv>

namespace tlgen {
namespace {

constexpr int flag_bits = 32;
constexpr int deepest_type = 16;  // Vector<Vector<...>>: the real schemas stop at one

class parser {
  public:
    parser(const std::string& file, std::vector<token> tokens) : tokens_(std::move(tokens)) {
        made_.file = file;
    }

    schema run() {
        while (current().kind != token_kind::end) {
            if (current().kind == token_kind::directive) {
                directive();
            } else if (current().kind == token_kind::section) {
                functions_ = current().text == "functions";
                ++next_;
            } else {
                made_.declarations.push_back(declare());
            }
        }
        place_layer();
        return std::move(made_);
    }

  private:
    const token& current() const { return tokens_[next_]; }
    bool at_symbol(char c) const { return current().kind == token_kind::symbol && current().text[0] == c; }

    [[noreturn]] void fail(position at, const std::string& text) const {
        throw schema_error(made_.file, at, text);
    }
    [[noreturn]] void fail_expected(const std::string& what) const {
        fail(current().at, "expected " + what + ", found " + describe(current()));
    }

    token take(token_kind kind, const std::string& what) {
        if (current().kind != kind) fail_expected(what);
        return tokens_[next_++];
    }
    void take_symbol(char c) {
        if (!at_symbol(c)) fail_expected("'" + std::string(1, c) + "'");
        ++next_;
    }

    void directive() {
        const token& line = tokens_[next_++];
        const std::size_t space = line.text.find(' ');
        const std::string argument = line.text.substr(space + 1);
        if (line.text.starts_with("FIXED-ID")) {
            made_.fixed_ids.push_back({argument, line.at});
            return;
        }
        int layer = 0;
        const char* last = argument.data() + argument.size();
        const auto parsed = std::from_chars(argument.data(), last, layer);
        if (parsed.ec != std::errc{} || parsed.ptr != last || layer <= 0)
            fail(line.at, "expected a number after 'LAYER', found '" + argument + "'");
        if (std::find(made_.layers.begin(), made_.layers.end(), layer) != made_.layers.end())
            fail(line.at, "expected a layer that did not begin before, " + argument + " did");
        made_.layers.push_back(layer);
        made_.layers_at.push_back(line.at);
        layer_ = layer;
        functions_ = false;
    }

    // Some schemas name their layer at the end. Otherwise nothing stands above the first.
    void place_layer() {
        if (made_.layers.empty()) return;
        const auto above = [](const declaration& line) { return line.layer == 0; };
        const auto first = std::find_if(made_.declarations.begin(), made_.declarations.end(), above);
        if (first == made_.declarations.end()) return;
        const bool all = std::all_of(made_.declarations.begin(), made_.declarations.end(), above);
        if (!all || made_.layers.size() > 1)
            fail(first->at, "expected '// LAYER n' above '" + first->name + "', as other lines have it");
        for (declaration& line : made_.declarations)
            line.layer = made_.layers.front();
    }

    declaration declare() {
        declaration made;
        made.is_function = functions_;
        made.layer = layer_;
        const token name = take(token_kind::name, "the name of a constructor or method");
        made.name = name.text;
        made.at = name.at;
        check_combinator(name);
        const token id = take(token_kind::id, "'#' and the id of '" + name.text + "'");
        std::from_chars(id.text.data(), id.text.data() + id.text.size(), made.id, 16);
        while (at_symbol('{'))
            made.generics.push_back(generic());
        while (!at_symbol('='))
            made.fields.push_back(field());
        take_symbol('=');
        made.result = type();
        take_symbol(';');
        return made;
    }

    void check_combinator(const token& name) const {
        const std::size_t dot = name.text.rfind('.');
        const char first = name.text[dot == std::string::npos ? 0 : dot + 1];
        if (first < 'a' || first > 'z')
            fail(name.at, "expected a name that begins with a small letter, found '" + name.text + "'");
        if (dot != std::string::npos && name.text.find('.') != dot)
            fail(name.at, "expected at most one '.' in a name, found '" + name.text + "'");
    }

    std::string generic() {
        take_symbol('{');
        const token name = take(token_kind::name, "the name of a type variable");
        take_symbol(':');
        const token kind = take(token_kind::name, "'Type'");
        if (kind.text != "Type") fail(kind.at, "expected 'Type', found " + describe(kind));
        take_symbol('}');
        return name.text;
    }

    field_decl field() {
        field_decl made;
        const token name = take(token_kind::name, "the name of a field or '='");
        if (name.text.find('.') != std::string::npos)
            fail(name.at, "expected a field name without '.', found '" + name.text + "'");
        made.name = name.text;
        made.at = name.at;
        take_symbol(':');
        if (current().kind == token_kind::name && tokens_[next_ + 1].kind == token_kind::symbol &&
            tokens_[next_ + 1].text == "?") {
            made.when = flag();
        }
        made.type = type();
        return made;
    }

    condition flag() {
        const token word = tokens_[next_++];
        take_symbol('?');
        const std::size_t dot = word.text.rfind('.');
        int bit = -1;
        if (dot != std::string::npos) {
            const char* last = word.text.data() + word.text.size();
            const auto parsed = std::from_chars(word.text.data() + dot + 1, last, bit);
            if (parsed.ec != std::errc{} || parsed.ptr != last) bit = -1;
        }
        if (bit < 0 || bit >= flag_bits)
            fail(word.at, "expected a flag such as 'flags.0' to 'flags.31', found '" + word.text + "'");
        return {word.text.substr(0, dot), bit, word.at};
    }

    type_expr type(int depth = 0) {
        type_expr made;
        made.at = current().at;
        if (depth > deepest_type) fail(made.at, "expected a type nested less deeply");
        if (at_symbol('#')) {
            ++next_;
            made.name = "#";
            return made;
        }
        if (at_symbol('!')) {
            ++next_;
            made.bang = true;
        } else if (at_symbol('%')) {
            ++next_;
            made.percent = true;
        }
        made.name = take(token_kind::name, "a type").text;
        if (std::count(made.name.begin(), made.name.end(), '.') > 1)
            fail(made.at, "expected at most one '.' in a name, found '" + made.name + "'");
        if (at_symbol('<')) {
            ++next_;
            made.arguments.push_back(type(depth + 1));
            take_symbol('>');
        }
        return made;
    }

    schema made_;
    std::vector<token> tokens_;
    std::size_t next_ = 0;
    int layer_ = 0;
    bool functions_ = false;
};

}  // namespace

std::string type_expr::text() const {
    std::string made = bang ? "!" : percent ? "%" : "";
    made += name;
    if (!arguments.empty()) made += "<" + arguments.front().text() + ">";
    return made;
}

schema parse(const std::string& file, std::string_view text) {
    return parser(file, tokenize(file, text)).run();
}

}  // namespace tlgen
