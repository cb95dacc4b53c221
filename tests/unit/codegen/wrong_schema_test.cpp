// Wrong schemas: each ends with file:line:column and what was expected, and none crashes.
#include "check.hpp"
#include "model.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace tlgen;

namespace {

std::string problem_of(const std::string& text, model_options options = {}) {
    try {
        const schema parsed = parse("s.tl", text);
        check_ids(parsed);
        build_model(parsed, parsed.layers.empty() ? 0 : parsed.layers.front(), options);
    } catch (const schema_error& problem) {
        return problem.what();
    }
    return "none";
}

// The same without the check of ids, for what comes after it.
std::string meaning_of(const std::string& text) {
    try {
        build_model(parse("s.tl", text), 0, {});
    } catch (const schema_error& problem) {
        return problem.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("a wrong schema: what the lexer refuses") {
    CHECK(problem_of("a#1 = A;\n  $") ==
          "s.tl:2:3: expected a name, a number or a sign of the schema, found '$'");
    CHECK(problem_of(std::string("\x01")) ==
          "s.tl:1:1: expected a name, a number or a sign of the schema, found byte 1");
    CHECK(problem_of("a#12345678f = A;") ==
          "s.tl:1:2: expected at most 8 hexadecimal digits after '#', found '12345678f'");
    CHECK(problem_of("a#12xyz = A;") ==
          "s.tl:1:2: expected at most 8 hexadecimal digits after '#', found '12xyz'");
    CHECK(problem_of("---things---") ==
          "s.tl:1:1: expected '---functions---' or '---types---', found '---things---'");
}

TEST_CASE("a wrong schema: what the parser refuses") {
    CHECK(problem_of("= A;") == "s.tl:1:1: expected the name of a constructor or method, found '='");
    CHECK(problem_of("a = A;") == "s.tl:1:3: expected '#' and the id of 'a', found '='");
    CHECK(problem_of("a#1") == "s.tl:1:4: expected the name of a field or '=', found the end of the file");
    CHECK(problem_of("a#1 x = A;") == "s.tl:1:7: expected ':', found '='");
    CHECK(problem_of("a#1 x: = A;") == "s.tl:1:8: expected a type, found '='");
    CHECK(problem_of("a#1 x:int = A") == "s.tl:1:14: expected ';', found the end of the file");
    CHECK(problem_of("a#1 x:int = ;") == "s.tl:1:13: expected a type, found ';'");
    CHECK(problem_of("a#1 x.y:int = A;") == "s.tl:1:5: expected a field name without '.', found 'x.y'");
    CHECK(problem_of("A#1 = A;") == "s.tl:1:1: expected a name that begins with a small letter, found 'A'");
    CHECK(problem_of("a.b.c#1 = A;") == "s.tl:1:1: expected at most one '.' in a name, found 'a.b.c'");
    CHECK(problem_of("a#1 x:flags.32?int = A;") ==
          "s.tl:1:7: expected a flag such as 'flags.0' to 'flags.31', found 'flags.32'");
    CHECK(problem_of("a#1 x:flags?int = A;") ==
          "s.tl:1:7: expected a flag such as 'flags.0' to 'flags.31', found 'flags'");
    CHECK(problem_of("a#1 x:Vector<int = A;") == "s.tl:1:18: expected '>', found '='");
    CHECK(problem_of("a#1 {X:Kind} x:!X = X;") == "s.tl:1:8: expected 'Type', found 'Kind'");
    CHECK(problem_of("a#1 {X} x:!X = X;") == "s.tl:1:7: expected ':', found '}'");
    CHECK(problem_of("// LAYER many\n") == "s.tl:1:1: expected a number after 'LAYER', found 'many'");
    CHECK(problem_of("// LAYER 99999999999\n").starts_with("s.tl:1:1: expected a number"));
    CHECK(problem_of("// LAYER 0\n").starts_with("s.tl:1:1: expected a number"));
    std::string deep;
    for (int i = 0; i < 100'000; ++i)
        deep += "Vector<";
    CHECK(problem_of("a#1 x:" + deep).find("expected a type nested less deeply") != std::string::npos);
}

TEST_CASE("a wrong schema: ids that are not the CRC32 of their line (protocol 9.2)") {
    CHECK(problem_of("\npoint#1a13f5b8 x:double y:double = Point;") ==
          "s.tl:2:1: expected the id #1a13f5b9 for 'point', found #1a13f5b8");
    CHECK(problem_of("point#1a13f5b9 x:double y:double = Point;") == "none");
    CHECK(problem_of("// FIXED-ID point\npoint#1 x:double y:double = Point;") == "none");
    CHECK(problem_of("// FIXED-ID point\npoint#1a13f5b9 x:double y:double = Point;") ==
          "s.tl:1:1: expected a line whose id differs from its CRC32, 'point' is none");
    CHECK(problem_of("// FIXED-ID none") ==
          "s.tl:1:1: expected a line whose id differs from its CRC32, 'none' is none");
}

TEST_CASE("a wrong schema: names that mean nothing") {
    CHECK(meaning_of("a#1 x:Nothing = A;") ==
          "s.tl:1:7: expected a type that some constructor makes, found 'Nothing'");
    CHECK(meaning_of("a#1 x:nothing = A;") == "s.tl:1:7: expected a type, found 'nothing'");
    CHECK(meaning_of("a#1 = A;\n---functions---\nm#2 = A;\nn#3 x:m = A;") ==
          "s.tl:4:7: expected a type, found 'm'");
    CHECK(meaning_of("a#1 x:!X = A;") == "s.tl:1:7: expected a type variable such as '{X:Type}' for '!X'");
    CHECK(meaning_of("a#1 {X:Type} x:Vector<!X> = A;") ==
          "s.tl:1:23: expected a type that can be an element, found '!X'");
    CHECK(meaning_of("a#1 x:int<int> = A;") ==
          "s.tl:1:7: expected 'Vector' or 'vector' before '<', found 'int'");
    CHECK(meaning_of("a#1 x:Vector = A;") == "s.tl:1:7: expected '<' and the type of the elements");
    CHECK(meaning_of("a#1 x:%int = A;") == "s.tl:1:7: expected a constructed type after '%'");
    CHECK(meaning_of("a#1 = A; b#2 = A; c#3 x:%A = C;") ==
          "s.tl:1:25: expected a type with one constructor after '%', found 'A'");
    CHECK(meaning_of("a#1 = int;") ==
          "s.tl:1:7: expected the name of a type, such as 'Message', found 'int'");
    CHECK(meaning_of("a#1 = Bool;") ==
          "s.tl:1:7: expected the name of a type, such as 'Message', found 'Bool'");
    CHECK(meaning_of("a#1 = Vector<A>;") ==
          "s.tl:1:7: expected the name of a type, such as 'Message', found 'Vector<A>'");
}

TEST_CASE("a wrong schema: names and ids that are taken") {
    CHECK(meaning_of("a#1 = A;\na#2 = A;") == "s.tl:2:1: expected a name that is not yet taken, 'a' is");
    CHECK(meaning_of("a#1 = A;\nb#1 = A;") == "s.tl:2:1: expected an id of its own, 'a' has the same");
    CHECK(meaning_of("a#1 x:int x:int = A;") ==
          "s.tl:1:11: expected a field name that is not yet taken, 'x' is");
}

TEST_CASE("a wrong schema: flags") {
    CHECK(meaning_of("a#1 x:flags.0?int = A;") == "s.tl:1:7: expected a field 'flags:#' before its use");
    CHECK(meaning_of("a#1 x:flags.0?int flags:# = A;") ==
          "s.tl:1:7: expected a field 'flags:#' before its use");
    CHECK(meaning_of("a#1 flags:int x:flags.0?int = A;") ==
          "s.tl:1:17: expected a field 'flags:#' before its use");
    CHECK(meaning_of("a#1 x:true = A;") == "s.tl:1:7: expected 'true' only behind a flag");
    CHECK(meaning_of("a#1 flags:# more:flags.0?# = A;") == "s.tl:1:26: expected '#' without a flag");
}

TEST_CASE("a wrong schema: values without end") {
    CHECK(meaning_of("a#1 x:a = A;") ==
          "s.tl:1:5: expected a field that does not contain its own constructor");
    CHECK(meaning_of("a#1 {X:Type} x:!X y:int = A;") == "s.tl:1:19: expected '=' after a field of any type");
    std::string chain;
    for (int i = 0; i < 50'000; ++i) {
        const std::string name = std::to_string(i);
        chain += "c" + name + "#" + name + " x:C" + std::to_string(i + 1) + " = C" + name + ";\n";
    }
    CHECK(meaning_of(chain + "c50000#50000 = C50000;").find("expected types that are nested less deeply") !=
          std::string::npos);
}

TEST_CASE("a schema with any piece cut out, doubled or changed ends with a message or with none") {
    const std::string good =
        "// LAYER 7\npoint#1a13f5b9 x:double y:double = Point;\n---functions---\n"
        "invoke#eee745e5 {X:Type} layer:int query:!X = X;\n// FIXED-ID b\n"
        "b#2 flags:# x:flags.3?Vector<%Point> y:vector<point> = Vector<Point>;\n";
    REQUIRE(problem_of(good) == "none");
    std::mt19937 random(7);
    const std::string symbols = "#:?<>{}=;!%.aZ0-/ \n";
    int wrong = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text = good;
        const std::size_t at = random() % text.size();
        const std::size_t size = random() % 8;
        switch (random() % 3) {
            case 0:
                text.erase(at, size);
                break;
            case 1:
                text.insert(at, text.substr(at, size));
                break;
            default:
                text[at] = symbols[random() % symbols.size()];
        }
        const std::string problem = problem_of(text);
        if (problem == "none") continue;
        ++wrong;
        REQUIRE(problem.starts_with("s.tl:"));
        REQUIRE(problem.find(": expected ") != std::string::npos);
    }
    CHECK(wrong > 10'000);
}

TEST_CASE("a wrong schema: layers") {
    CHECK(problem_of("a#1 = A;\n// LAYER 7\nb#2 = B;\n") ==
          "s.tl:1:1: expected '// LAYER n' above 'a', as other lines have it");
    CHECK(problem_of("// LAYER 7\n// LAYER 7\n") ==
          "s.tl:2:1: expected a layer that did not begin before, 7 did");
    CHECK(problem_of("a#1 = A;\n// LAYER 7\n// LAYER 8\n").starts_with("s.tl:1:1: expected '// LAYER n'"));
    const std::string two = "// LAYER 7\npoint#1a13f5b9 x:double y:double = Point;\n// LAYER 8\n";
    CHECK(problem_of(two) == "s.tl:3:1: expected one layer: only --opaque keeps several apart");
    model_options opaque;
    opaque.opaque = true;
    CHECK(problem_of(two, opaque) == "none");
}

TEST_CASE("a wrong schema: names that C++ could not tell apart") {
    CHECK(meaning_of("a#1 = A.b.C;") == "s.tl:1:7: expected at most one '.' in a name, found 'A.b.C'");
    CHECK(meaning_of("a#1 int:int int_:int = A;") ==
          "s.tl:1:13: expected a name that differs from 'int' in C++ too, 'int_' becomes the same");
    CHECK(meaning_of("new#1 = A; new_#2 = B;") ==
          "s.tl:1:12: expected a name that differs from 'new' in C++ too, 'new_' becomes the same");
    CHECK(meaning_of("a#1 = A;\n---functions---\nm#2 response:int response_:int = A;") ==
          "s.tl:3:18: expected a name that differs from 'response' in C++ too, 'response_' becomes the same");
}

TEST_CASE("a wrong schema: methods that return what is no value of its own") {
    CHECK(meaning_of("---functions---\nm#1 = #;") ==
          "s.tl:2:7: expected a type that can be returned, found '#'");
    CHECK(meaning_of("---functions---\nm#1 = true;") ==
          "s.tl:2:7: expected a type that can be returned, found 'true'");
}
