// Carries the steps of SOCKS5 over a stream.
#include "net/proxies.hpp"
#include "tunnel/read_exactly.hpp"

#include <boost/asio/ip/address.hpp>

#include <array>

namespace mtproto::net {
namespace {

wire::socks5_target target_of(const io::endpoint& where) {
    wire::socks5_target made;
    made.port = where.port;
    boost::system::error_code is_name;
    const auto address = io::asio::ip::make_address(where.host, is_name);
    const auto take = [&made](const auto& from) {
        for (const unsigned char each : from)
            made.address.push_back(static_cast<std::byte>(each));
    };
    if (is_name)
        made.name = where.host;
    else if (address.is_v4())
        take(address.to_v4().to_bytes());
    else
        take(address.to_v6().to_bytes());
    return made;
}

failure lost(boost::system::error_code why, const io::endpoint& proxy) {
    if (why == errc::cancelled) return failure(why);
    return failure(errc::proxy_failed, "the SOCKS5 proxy " + to_string(proxy) + " closes the connection");
}

}  // namespace

io::awaitable<outcome<void>> open_socks5(io::stream& over, const through_socks5& proxy,
                                         const io::endpoint& where) {
    wire::socks5_client talk(target_of(where), proxy.login);
    if (const result<void> fits = talk.check(); !fits)
        co_return failure(errc::bad_argument, "SOCKS5 has no room for this address or login");
    std::array<std::byte, 512> room;
    while (!talk.done()) {
        const std::vector<std::byte> out = talk.output();
        if (!out.empty()) {
            const std::array<byte_view, 1> parts{out};
            const result<void> written = co_await over.write(parts);
            if (!written) co_return lost(written.error(), proxy.at);
        }
        const byte_span in = byte_span(room).first(talk.wants());
        const result<void> read = co_await tunnel::read_exactly(over, in);
        if (!read) co_return lost(read.error(), proxy.at);
        if (const result<void> taken = talk.receive(in); !taken) {
            failure refused(taken.error());
            refused.detail = talk.problem() + " (" + to_string(proxy.at) + ")";
            co_return refused;
        }
    }
    co_return outcome<void>{};
}

}  // namespace mtproto::net
