// The compiler's output for the mini schema, held against the files that reviewers read.
// To accept a change: run this program with MTPROTO_ACCEPT_GOLDENS=1 and look at the diff.
#include "check.hpp"
#include "emit.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace {

std::string read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void compare(const std::string& name, const std::string& made) {
    const std::string path = std::string(GOLDEN_DIR) + "/" + name + ".golden";
    if (std::getenv("MTPROTO_ACCEPT_GOLDENS")) std::ofstream(path, std::ios::binary) << made;
    const std::string golden = read(path);
    CAPTURE(name);
    CHECK(!golden.empty());
    CHECK((golden == made));
}

}  // namespace

TEST_CASE("the generated code of the mini schema is what was reviewed") {
    const std::string path = std::string(GOLDEN_DIR) + "/mini.tl";
    const tlgen::schema parsed = tlgen::parse(path, read(path));
    tlgen::check_ids(parsed);
    std::vector<tlgen::unit> units;
    units.push_back({tlgen::build_model(parsed, parsed.layers.front(), {}), "mtproto::tl"});
    const tlgen::emit_options options{.name = "tl_mini", .schema = "mini.tl", .sources = 2};
    compare("tl_mini_fwd.hpp", tlgen::emit_forward(units, options));
    compare("tl_mini.hpp", tlgen::emit_types(units, options));
    compare("tl_mini_0.cpp", tlgen::emit_codec(units, options, 0));
    compare("tl_mini_1.cpp", tlgen::emit_codec(units, options, 1));
}

TEST_CASE("objects stay encoded in an opaque schema, and each layer has a namespace of its own") {
    const std::string text =
        "// LAYER 7\nbox#b9f5c7d7 what:Thing list:Vector<Thing> = Box;\n"
        "// LAYER 9\nbox#7cbd3b5d what:Thing list:Vector<Thing> size:int = Box;\n";
    const tlgen::schema parsed = tlgen::parse("older.tl", text);
    std::vector<tlgen::unit> units;
    tlgen::model_options opaque;
    opaque.opaque = true;
    for (const int layer : parsed.layers)
        units.push_back(
            {tlgen::build_model(parsed, layer, opaque), "mtproto::tl::layer_" + std::to_string(layer)});
    const tlgen::emit_options options{.name = "tl_older", .schema = "older.tl", .sources = 1};
    compare("tl_older.hpp", tlgen::emit_types(units, options));
    compare("tl_older_0.cpp", tlgen::emit_codec(units, options, 0));
}
