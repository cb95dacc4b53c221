// Gives libFuzzer whole random objects of the API now and then: bytes alone hardly ever make one of its
// 2,300.
#include "interop/tl_roundtrip/random_tl.hpp"

#include <cstring>
#include <fstream>
#include <sstream>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed);

namespace {

constexpr unsigned fresh_object_in = 16;

const tlgen::model& api() {
    static const tlgen::model made = [] {
        std::ifstream file(SCHEMA_PATH);
        std::ostringstream text;
        text << file.rdbuf();
        const tlgen::schema parsed = tlgen::parse(SCHEMA_PATH, text.str());
        return tlgen::build_model(parsed, parsed.layers.front(), {});
    }();
    return made;
}

}  // namespace

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
    if (seed % fresh_object_in != 0) return LLVMFuzzerMutate(data, size, most);
    static roundtrip::random_tl random(api(), {}, seed);
    const std::size_t which = seed / fresh_object_in % api().combinators.size();
    const auto made = random.boxed(which, roundtrip::flag_choice::some);
    if (made.size() > most) return LLVMFuzzerMutate(data, size, most);
    std::memcpy(data, made.data(), made.size());
    return made.size();
}
