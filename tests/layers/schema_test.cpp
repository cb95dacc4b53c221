// The schemas that the library is built with: whole, and of the layer that it says it speaks.
#include "check.hpp"
#include "emit.hpp"

#include <mtproto/tl_api.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace tlgen;

namespace {

const std::string schemas = SCHEMA_DIR;

std::string read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string counted(const model& made) {
    const auto is_function = [](const combinator& each) { return each.is_function; };
    const auto functions = std::count_if(made.combinators.begin(), made.combinators.end(), is_function);
    const auto all = static_cast<std::ptrdiff_t>(made.combinators.size());
    return std::to_string(all - functions) + " constructors, " + std::to_string(functions) + " methods.";
}

}  // namespace

TEST_CASE("the layer is the one that the schema's file names") {
    const schema parsed = parse(API_SCHEMA, read(API_SCHEMA));
    CHECK((parsed.layers == std::vector<int>{LAYER}));
    CHECK(mtproto::tl::api_layer == LAYER);
}

TEST_CASE("protocol 9.2: all of the API but the lines that it names hash to their ids") {
    const std::string text = read(API_SCHEMA);
    const schema parsed = parse(API_SCHEMA, text);
    CHECK_NOTHROW(check_ids(parsed));
    CHECK(parsed.fixed_ids.size() <= 5);
    const model made = build_model(parsed, LAYER, {});
    CHECK(made.order.size() == made.combinators.size());
    CHECK(made.order.size() > 2000);
    const std::size_t head = text.find("\n\n");
    REQUIRE(head != std::string::npos);
    const std::size_t counts = text.find(" constructors, ");
    CAPTURE(counted(made));
    // Of tl-schema/import: a schema from elsewhere counts nothing.
    if (counts < head) CHECK(text.substr(0, head).find(counted(made)) != std::string::npos);
}

TEST_CASE("MTProto's own schema and that of foreign clients' layers resolve") {
    const std::string own = schemas + "/mtproto.tl";
    const schema mtproto = parse(own, read(own));
    CHECK_NOTHROW(check_ids(mtproto));
    CHECK(counted(build_model(mtproto, 0, {})) == "33 constructors, 9 methods.");

    const std::string path = schemas + "/older.tl";
    const schema older = parse(path, read(path));
    CHECK_NOTHROW(check_ids(older));
    CHECK((older.layers == std::vector<int>{144, 198, 223, 227}));
}

TEST_CASE("each layer of older.tl spells the same objects") {
    const std::string path = schemas + "/older.tl";
    const schema older = parse(path, read(path));
    const auto named = [&](int layer) {
        std::vector<std::string> names;
        for (const declaration& each : older.declarations)
            if (each.layer == layer) names.push_back(each.name);
        std::sort(names.begin(), names.end());
        return names;
    };
    REQUIRE(older.layers.size() > 1);
    for (const int layer : older.layers) {
        CAPTURE(layer);
        CHECK(named(layer) == named(older.layers.front()));
    }
}

TEST_CASE("the roots of a download keep a small part of the layer") {
    model_options options;
    options.roots = {"upload.getFile", "help.getNearestDc"};
    const model made = build_model(parse(API_SCHEMA, read(API_SCHEMA)), LAYER, options);
    const auto is_redirect = [&](std::size_t index) {
        return made.combinators[index].name == "upload.fileCdnRedirect";
    };
    CHECK(std::any_of(made.order.begin(), made.order.end(), is_redirect));
    CHECK(made.order.size() < 100);
}
