// What the compiler makes of schemas: ids, order, pruning.
#include "check.hpp"
#include "emit.hpp"
#include "names.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace tlgen;

namespace {

std::string read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

bool kept(const model& made, const std::string& name) {
    return std::any_of(made.order.begin(), made.order.end(),
                       [&](std::size_t index) { return made.combinators[index].name == name; });
}

}  // namespace

TEST_CASE("protocol 9.2: the CRC32 of known lines") {
    CHECK(crc32("123456789") == 0xcbf43926);
    const schema parsed =
        parse("x",
              "invokeWithLayer#da9b0d0d {X:Type} layer:int query:!X = X;"
              "future_salts#ae500895 req_msg_id:long now:int salts:vector<future_salt> = FutureSalts;");
    CHECK(hashed_text(parsed.declarations[0]) == "invokeWithLayer X:Type layer:int query:!X = X");
    CHECK(crc32(hashed_text(parsed.declarations[0])) == 0xda9b0d0d);
    CHECK(crc32(hashed_text(parsed.declarations[1])) == 0xae500895);
}

TEST_CASE("a layer that is named once, at the end, is that of the whole file") {
    const schema parsed = parse("x", "a#1 = A;\n---functions---\nm#2 = A;\n\n// LAYER 189\n");
    const model made = build_model(parsed, 189, {});
    CHECK(made.layer == 189);
    CHECK(made.combinators.size() == 2);
}

TEST_CASE("a struct is declared after those that it holds by value") {
    const schema parsed = parse("x", "outer#1 inner:Inner = Outer; inner#2 = Inner;");
    const model made = build_model(parsed, 0, {});
    REQUIRE(made.order.size() == 2);
    CHECK(made.combinators[made.order[0]].name == "inner");
}

TEST_CASE("of single-constructor types that contain each other, one goes behind a pointer") {
    const schema parsed = parse("x", "a#1 b:B = A; b#2 flags:# a:flags.0?A = B; alone#3 = Alone;");
    const model made = build_model(parsed, 0, {});
    REQUIRE(made.types.size() == 3);
    CHECK((made.types[0].is_sum != made.types[1].is_sum));
    CHECK(!made.types[2].is_sum);
}

TEST_CASE("roots keep a method and all that it reaches, both ways") {
    const std::string path = std::string(GOLDEN_DIR) + "/mini.tl";
    const schema parsed = parse(path, read(path));
    model_options options;
    options.roots = {"shape.get", "isOn"};
    const model made = build_model(parsed, 7, options);
    for (const char* name :
         {"shape.get", "isOn", "shape.circle", "shape.polygon", "shape.nothing", "point", "photo"}) {
        CAPTURE(name);
        CHECK(kept(made, name));
    }
    for (const char* name : {"shape.list", "tree", "updates", "count", "many"}) {
        CAPTURE(name);
        CHECK(!kept(made, name));
    }
    options.roots = {"no.such"};
    CHECK_THROWS_AS(build_model(parsed, 7, options), schema_error);
}

TEST_CASE("the shortest encodings bound the counts of vectors") {
    const schema parsed =
        parse("x", "a#1 flags:# x:flags.0?long s:string = A; b#2 a:A v:Vector<A> = B; c#3 = C; d#4 = C;");
    const model made = build_model(parsed, 0, {});
    CHECK(made.combinators[0].smallest == 8);
    CHECK(made.combinators[1].smallest == 4 + 8 + 8);
    shape sum;
    sum.kind = shape_kind::object;
    sum.index = 2;
    CHECK(made.smallest(sum) == 4);
}

TEST_CASE("namespaces and flags whose names are taken in C++ get a _") {
    const schema parsed =
        parse("x", "new.a#1 = new.A; sum.b#2 in:# out:# x:in.0?int y:out.0?int = sum.B; sum_#3 = Sum;");
    const model made = build_model(parsed, 0, {});
    const names spelled(made, "mtproto::tl");
    CHECK(spelled.qualified("new.a") == "::mtproto::tl::new_::a");
    CHECK(spelled.qualified("sum.B") == "::mtproto::tl::sum_::B");
    CHECK(spelled.qualified("sum_") == "::mtproto::tl::sum__");
    const combinator& flagged = made.combinators[1];
    CHECK(names::flags_variable(flagged.fields[0]) == "tl_in_");
    CHECK(names::flags_variable(flagged.fields[1]) == "tl_out_");
}
