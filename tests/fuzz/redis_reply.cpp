// Replies of Redis and its URLs from arbitrary bytes; values that a server may give in a session's place.
#include "client/session_values.hpp"
#include "fuzz.hpp"
#include "store_redis/address.hpp"
#include "store_redis/reply.hpp"

#include <string>
#include <string_view>

using namespace mtproto;

namespace {

void look_through(const store_redis::reply& of, int depth) {
    fuzz::require(depth < 10, "lists in lists have a bound");
    fuzz::require(of.elements.size() <= store_redis::reply_reader::most_elements, "so has a list");
    fuzz::require(of.elements.empty() || of.kind == store_redis::reply::kind::list,
                  "only a list has elements");
    for (const store_redis::reply& each : of.elements)
        look_through(each, depth + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input in(data, size);
    const std::size_t piece = 1 + in.u8() % 64;
    const bytes all = fuzz::own_copy(std::as_bytes(std::span(data, size)));
    byte_view left = all;
    store_redis::reply_reader reader;
    while (!left.empty()) {
        const byte_view next = left.first(std::min(piece, left.size()));
        left = left.subspan(next.size());
        if (!reader.feed(next)) break;
        result<std::optional<store_redis::reply>> made = reader.next();
        while (made && *made) {
            look_through(**made, 0);
            made = reader.next();
        }
        if (!made) break;
    }
    const byte_view whole = all;
    const std::string_view text(reinterpret_cast<const char*>(whole.data()), whole.size());
    if (const auto where = store_redis::address_of(text))
        fuzz::require(!where->host.empty() && where->port != 0, "an address is whole");
    const auto session = core::session_values().decode(whole, "aa/me");
    fuzz::require(session || session.error().code == errc::session_file, "a wrong value is called one");
    return 0;
}
