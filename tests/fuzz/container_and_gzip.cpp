// The hand-written wrappers: containers, rpc_result and gzip_packed of arbitrary bytes.
#include "base/endian.hpp"
#include "fuzz.hpp"
#include "tl/gzip.hpp"
#include "wire/container.hpp"

#include <vector>

using namespace mtproto;

namespace {

constexpr std::size_t most_inflated = 1u << 16;  // so that bombs are cheap to meet

void check_container(const bytes& boxed) {
    const auto inside = wire::read_container(boxed);
    if (!inside) return;
    fuzz::require(inside->size() <= wire::max_received_messages, "a container is no larger than allowed");
    fuzz::require(wire::container_size(*inside) == boxed.size(), "a container's size is known");
    fuzz::require(wire::write_container(*inside) == boxed, "a container is written as it was read");
}

void check_result(const bytes& boxed) {
    const auto answer = wire::read_rpc_result(boxed);
    if (!answer) return;
    fuzz::require(wire::write_rpc_result(answer->req_msg_id, answer->body) == boxed,
                  "an rpc_result is written as it was read");
}

void check_gzip(const bytes& boxed) {
    const auto plain = wire::unpack_gzip(boxed, most_inflated);
    if (wire::constructor_of(boxed) != wire::gzip_packed_id) {
        fuzz::require(plain && plain->data() == boxed.data(), "what is not packed stays where it is");
    } else if (plain) {
        fuzz::require(plain->size() <= most_inflated, "what is inflated stays within its limit");
        fuzz::require(wire::constructor_of(*plain) != wire::gzip_packed_id, "nothing is packed twice");
    }
}

void check_packing(const bytes& boxed) {
    if (wire::constructor_of(boxed) == wire::gzip_packed_id) return;
    const auto packed = wire::pack_gzip(boxed);
    if (!packed) return;
    fuzz::require(packed->size() < boxed.size(), "packing makes smaller");
    const auto plain = wire::unpack_gzip(*packed);
    fuzz::require(plain && *plain == boxed, "what was packed comes out again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes boxed = fuzz::own_copy(std::as_bytes(std::span(data, size)));
    check_container(boxed);
    check_result(boxed);
    check_gzip(boxed);
    check_packing(boxed);
    if (const auto plain = tl::gunzip(boxed, most_inflated))
        fuzz::require(plain->size() <= most_inflated, "what is inflated stays within its limit");
    return 0;
}
