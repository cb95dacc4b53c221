// What the compiler makes of schemas: ids, order, pruning, and the real ones.
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

std::size_t functions_of(const model& made) {
    return static_cast<std::size_t>(std::count_if(made.combinators.begin(), made.combinators.end(),
                                                  [](const combinator& each) { return each.is_function; }));
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

TEST_CASE("protocol 9.2: all of layer 223 but the two named lines hash to their ids") {
    const std::string path = std::string(SCHEMA_DIR) + "/api.tl";
    const schema parsed = parse(path, read(path));
    CHECK_NOTHROW(check_ids(parsed));
    CHECK((parsed.layers == std::vector<int>{223}));
    REQUIRE(parsed.fixed_ids.size() == 2);
    CHECK(parsed.fixed_ids[0].name == "inputPeerPhotoFileLocationLegacy");
    CHECK(parsed.fixed_ids[1].name == "inputStickerSetThumbLegacy");
    const model made = build_model(parsed, 223, {});
    CHECK(functions_of(made) == 766);
    CHECK(made.combinators.size() - functions_of(made) == 1545);
    CHECK(made.order.size() == 1545 + 766);
}

TEST_CASE("MTProto's own schema and the older layers resolve") {
    const std::string own = std::string(SCHEMA_DIR) + "/mtproto.tl";
    const schema mtproto = parse(own, read(own));
    CHECK_NOTHROW(check_ids(mtproto));
    CHECK(functions_of(build_model(mtproto, 0, {})) == 9);

    const std::string path = std::string(SCHEMA_DIR) + "/older.tl";
    const schema older = parse(path, read(path));
    CHECK_NOTHROW(check_ids(older));
    CHECK((older.layers == std::vector<int>{144, 198, 227}));
    model_options opaque;
    opaque.opaque = true;
    CHECK(build_model(older, 144, opaque).combinators.size() == 14);
    CHECK(build_model(older, 198, opaque).combinators.size() == 5);
    CHECK(build_model(older, 227, opaque).combinators.size() == 3);
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

TEST_CASE("the roots of a download keep a small part of the layer") {
    const std::string path = std::string(SCHEMA_DIR) + "/api.tl";
    model_options options;
    options.roots = {"upload.getFile", "help.getNearestDc"};
    const model made = build_model(parse(path, read(path)), 223, options);
    CHECK(kept(made, "upload.fileCdnRedirect"));
    CHECK(made.order.size() < 100);
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
