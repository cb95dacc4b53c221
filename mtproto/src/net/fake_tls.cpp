// The client's hello, and the proxy's reply to it, over a stream.
#include "wire/fake_tls.hpp"

#include "net/proxies.hpp"
#include "tunnel/fake_tls_stream.hpp"
#include "tunnel/read_exactly.hpp"

#include <array>

namespace mtproto::net {
namespace {

failure refused(const through_mtproxy& proxy, const char* why) {
    return failure(errc::proxy_failed, "the MTProxy " + to_string(proxy.at) + " " + why);
}

failure lost(boost::system::error_code why, const through_mtproxy& proxy) {
    if (why == errc::cancelled) return failure(why);
    return refused(proxy, "closes the connection: is the secret right, and this machine's clock?");
}

}  // namespace

io::awaitable<outcome<std::unique_ptr<io::stream>>> open_fake_tls(std::unique_ptr<io::stream> over,
                                                                  const through_mtproxy& proxy, unix_time now,
                                                                  random_source& random) {
    const wire::client_hello hello = wire::make_client_hello(proxy.secret, now, random);
    const std::array<byte_view, 1> out{hello.record};
    const result<void> written = co_await over->write(out);
    if (!written) co_return lost(written.error(), proxy);

    std::vector<std::byte> reply;
    for (;;) {
        const result<std::size_t> size = wire::fake_tls_reply_size(reply);
        if (!size)
            co_return refused(proxy, "does not answer as one with fake TLS does: is the secret right?");
        const std::size_t have = reply.size();
        if (*size == have) break;
        reply.resize(*size);
        const result<void> read = co_await tunnel::read_exactly(*over, byte_span(reply).subspan(have));
        if (!read) co_return lost(read.error(), proxy);
    }
    if (!wire::check_fake_tls_reply(reply, hello.random, proxy.secret.key))
        co_return refused(proxy, "does not know the secret");
    co_return std::make_unique<tunnel::fake_tls_stream>(std::move(over), wire::role::client);
}

}  // namespace mtproto::net
