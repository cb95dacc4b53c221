// Methods beside the files': accounts, codes, dialogs, and what layers have of their own.
#include "film.hpp"

#include <mtproto/tl/reader.hpp>
#include <mtproto/tl/writer.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace mtproto;
using namespace mtproto::localdc::testing;
namespace io = mtproto::io;

namespace {

/// A query as an older layer spells it.
template <class Write>
bytes spelled(Write write) {
    tl::writer counting;
    write(counting);
    buffer made = buffer::allocate(counting.size());
    tl::writer out(made.span().first(counting.size()));
    write(out);
    return {std::move(made), 0, counting.size()};
}

}  // namespace

TEST_CASE(
    "updates: nothing happens here, told in the spelling of layer 144 too, which asks every 15 minutes") {
    world here;
    raw_client client(here, 2);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.sign_in();
        tl::updates::getDifference query;
        query.pts = 1;
        const bytes newest = tl::encode(query);
        const bytes older = spelled([](tl::writer& out) {
            out.u32(0x25939651);
            out.u32(0);
            for (int i = 0; i < 3; ++i)
                out.i32(1);
        });
        for (const bytes& each : {newest, older}) {
            const bytes asked = each;
            const bytes body = co_await c.call(asked);
            CHECK(tl::decode<tl::updates::differenceEmpty>(body).has_value());
        }
    }(client));
}
