// Downloads from data centres that take the login of whoever has too many sessions on one key (protocol 8.7).
#include "unit/one_cluster/one_cluster.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
namespace io = mtproto::io;

namespace {

io::awaitable<void> read_whole(client& tg, const media& file) {
    byte_stream stream = tg.open(file);
    std::int64_t got = 0;
    while (const std::optional<chunk> part = co_await stream.next())
        got += static_cast<std::int64_t>(part->data.size());
    CHECK(got == file.size);
    const bool still = co_await tg.authorized();
    CHECK(still);
}

}  // namespace

TEST_CASE("sessions 8.7 eight connections for files never cost the login, with media addresses and without") {
    for (const bool media_addresses : {true, false})
        for (const int allowed : {1, 3})
            for (const bool forward_secrecy : {true, false}) {
                CAPTURE(media_addresses);
                CAPTURE(allowed);
                CAPTURE(forward_secrecy);
                local_dc_options options;
                options.media_addresses = media_addresses;
                options.sessions_a_key = allowed;
                config settings = test::one_cluster::client_of(4u << 20);
                settings.file_connections = 8;
                settings.forward_secrecy = forward_secrecy;
                test::one_cluster all(options, settings);
                CHECK(all.file().dc != all.info().home_dc);
                all.run(read_whole(all.tg(), all.file()));
            }
}
