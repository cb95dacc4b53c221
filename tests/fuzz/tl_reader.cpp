// Arbitrary bytes as any boxed object of both schemas: what decodes is written again to something that
// decodes to the same.
#include "fuzz.hpp"

#include <mtproto/tl/reader.hpp>

// Generated from the schemas by tlgen --sample (tests/interop/tl_roundtrip).
bool tl_api_again(std::uint32_t id, const mtproto::bytes& data, mtproto::bytes& out);
bool tl_mtproto_again(std::uint32_t id, const mtproto::bytes& data, mtproto::bytes& out);

using namespace mtproto;

namespace {

void round_trip(bool (*again)(std::uint32_t, const bytes&, bytes&), const bytes& given) {
    const std::uint32_t id = tl::reader(given).peek();
    bytes once;
    if (!again(id, given, once)) return;
    fuzz::require(tl::reader(once).peek() == id, "an object keeps its id");
    bytes twice;
    fuzz::require(again(id, once, twice), "what was written can be read");
    fuzz::require(once == twice, "and is written the same way");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes given = fuzz::own_copy(std::as_bytes(std::span(data, size)));
    round_trip(tl_api_again, given);
    round_trip(tl_mtproto_again, given);
    return 0;
}
