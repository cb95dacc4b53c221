// The lexer: one pass over the text, one token at a time.
#include "lexer.hpp"

namespace tlgen {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool starts_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool in_name(char c) {
    return starts_name(c) || is_digit(c);
}

constexpr std::string_view symbols = "#:?<>{}=;!%";

class lexer {
  public:
    lexer(const std::string& file, std::string_view text) : file_(file), text_(text) {}

    std::vector<token> run() {
        std::vector<token> tokens;
        while (skip_blanks(), !done()) {
            start_ = at_;
            if (starts_with("//")) {
                comment(tokens);
            } else if (starts_with("---")) {
                tokens.push_back(section());
            } else if (starts_name(peek())) {
                tokens.push_back(name());
            } else if (peek() == '#' && is_hex(peek(1))) {
                tokens.push_back(id());
            } else if (symbols.find(peek()) != std::string_view::npos) {
                tokens.push_back({token_kind::symbol, std::string(1, take()), start_});
            } else {
                fail("expected a name, a number or a sign of the schema, found " + printable(peek()));
            }
        }
        tokens.push_back({token_kind::end, {}, at_});
        return tokens;
    }

  private:
    bool done() const { return next_ == text_.size(); }
    char peek(std::size_t ahead = 0) const {
        return next_ + ahead < text_.size() ? text_[next_ + ahead] : '\0';
    }
    bool starts_with(std::string_view prefix) const { return text_.substr(next_).starts_with(prefix); }

    char take() {
        const char c = text_[next_++];
        if (c == '\n') {
            ++at_.line;
            at_.column = 1;
        } else {
            ++at_.column;
        }
        return c;
    }

    void skip_blanks() {
        while (!done() && (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n'))
            take();
    }

    std::string rest_of_line() {
        std::string line;
        while (!done() && peek() != '\n')
            line += take();
        while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r'))
            line.pop_back();
        return line;
    }

    void comment(std::vector<token>& tokens) {
        std::string line = rest_of_line();
        line.erase(0, 2);
        line.erase(0, line.find_first_not_of(" \t"));
        for (const std::string_view word : {"LAYER ", "FIXED-ID "})
            if (line.starts_with(word)) tokens.push_back({token_kind::directive, line, start_});
    }

    token section() {
        const std::string line = rest_of_line();
        if (line != "---functions---" && line != "---types---")
            fail("expected '---functions---' or '---types---', found '" + line + "'");
        return {token_kind::section, line.substr(3, line.size() - 6), start_};
    }

    token name() {
        std::string text;
        while (in_name(peek()) || (peek() == '.' && in_name(peek(1))))
            text += take();
        return {token_kind::name, std::move(text), start_};
    }

    token id() {
        take();
        std::string text;
        while (in_name(peek()))
            text += take();
        constexpr std::size_t longest = 8;  // 32 bits
        for (const char c : text)
            if (!is_hex(c) || text.size() > longest)
                fail("expected at most 8 hexadecimal digits after '#', found '" + text + "'");
        return {token_kind::id, std::move(text), start_};
    }

    static std::string printable(char c) {
        if (c > ' ' && c < '\x7f') return "'" + std::string(1, c) + "'";
        return "byte " + std::to_string(static_cast<unsigned char>(c));
    }

    [[noreturn]] void fail(const std::string& text) const { throw schema_error(file_, start_, text); }

    const std::string& file_;
    std::string_view text_;
    std::size_t next_ = 0;
    position at_;
    position start_;
};

}  // namespace

std::vector<token> tokenize(const std::string& file, std::string_view text) {
    return lexer(file, text).run();
}

std::string describe(const token& what) {
    switch (what.kind) {
        case token_kind::end:
            return "the end of the file";
        case token_kind::id:
            return "'#" + what.text + "'";
        case token_kind::section:
            return "'---" + what.text + "---'";
        case token_kind::directive:
            return "'// " + what.text + "'";
        case token_kind::name:
        case token_kind::symbol:
            break;
    }
    return "'" + what.text + "'";
}

}  // namespace tlgen
