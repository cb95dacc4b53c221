// The schema compiler from arbitrary text to C++: it says what is wrong or goes through, and nothing else.
#include "check.hpp"
#include "emit.hpp"
#include "fuzz.hpp"

#include <string>

using namespace mtproto;

namespace {

void compile(const tlgen::schema& parsed, bool opaque) {
    tlgen::model_options options;
    options.opaque = opaque;
    std::vector<int> layers = parsed.layers;
    if (layers.empty()) layers.push_back(0);
    std::vector<tlgen::unit> units;
    for (const int layer : layers)
        units.push_back({tlgen::build_model(parsed, layer, options), "mtproto::tl"});
    tlgen::emit_options emitting{"tl_fuzz", "fuzz.tl", 2};
    std::ignore = tlgen::emit_forward(units, emitting);
    std::ignore = tlgen::emit_types(units, emitting);
    for (std::size_t part = 0; part < emitting.sources; ++part)
        std::ignore = tlgen::emit_codec(units, emitting, part);
}

template <class F>
void unless_wrong(F run) {
    try {
        run();
    } catch (const tlgen::schema_error& wrong) {
        fuzz::require(wrong.at().line >= 1 && wrong.at().column >= 1, "an error points at a place");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(as_text(std::as_bytes(std::span(data, size))));
    unless_wrong([&] {
        const tlgen::schema parsed = tlgen::parse("fuzz.tl", text);
        // Ids are wrong in nearly every input: what comes after them is looked at all the same.
        unless_wrong([&] { tlgen::check_ids(parsed); });
        unless_wrong([&] { compile(parsed, false); });
        unless_wrong([&] { compile(parsed, true); });
    });
    return 0;
}
