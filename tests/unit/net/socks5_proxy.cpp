// The tests' own SOCKS5 proxy.
#include "unit/net/socks5_proxy.hpp"

#include "tunnel/read_exactly.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>

#include <array>

namespace mtproto::test {
namespace {

namespace asio = io::asio;

io::awaitable<std::string> read(io::stream& from, std::size_t size) {
    std::string text(size, '\0');
    const byte_span into(reinterpret_cast<std::byte*>(text.data()), size);
    const auto got = co_await tunnel::read_exactly(from, into);
    co_return got ? text : std::string();
}

io::awaitable<bool> write(io::stream& to, std::string text) {
    const std::array<byte_view, 1> parts{as_bytes(text)};
    const auto done = co_await to.write(parts);
    co_return done.has_value();
}

io::awaitable<void> relay(std::shared_ptr<io::stream> from, std::shared_ptr<io::stream> to) {
    std::array<std::byte, 5000> room;
    for (;;) {
        const auto count = co_await from->read_some(room);
        if (!count || *count == 0) break;
        const std::array<byte_view, 1> parts{byte_view(room).first(*count)};
        const auto done = co_await to->write(parts);
        if (!done) break;
    }
    from->close();
    to->close();
}

}  // namespace

struct socks5_proxy::state {
    io::simulation& world;
    rules how;
    std::unique_ptr<io::acceptor> door;
    std::vector<std::string> asked;
    std::vector<std::weak_ptr<io::stream>> open;

    static io::awaitable<void> accept(std::shared_ptr<state> self) {
        for (;;) {
            auto incoming = co_await self->door->accept();
            if (!incoming) co_return;
            std::shared_ptr<io::stream> client = std::move(*incoming);
            self->open.push_back(client);
            asio::co_spawn(self->world.executor(), serve(self, std::move(client)), asio::detached);
        }
    }

    static io::awaitable<void> serve(std::shared_ptr<state> self, std::shared_ptr<io::stream> client) {
        const io::endpoint where = co_await self->greet(*client);
        if (where.port == 0) {
            client->close();
            co_return;
        }
        auto made = co_await self->world.net().connect(where);
        const std::string bound = self->how.named_address ? std::string("\x03\x05proxy\0\x01", 9)
                                                          : std::string("\x01\x7f\0\0\x01\0\x01", 7);
        const char code = self->how.refusal != 0 ? static_cast<char>(self->how.refusal) : made ? '\0' : '\5';
        const std::string reply = std::string("\5") + code + '\0' + bound;
        if (self->how.pause > duration{}) co_await self->world.time().sleep_for(self->how.pause);
        const bool told = co_await self->say(*client, reply);
        if (!told || code != 0) {
            client->close();
            co_return;
        }
        std::shared_ptr<io::stream> server = std::move(*made);
        self->open.push_back(server);
        asio::co_spawn(self->world.executor(), relay(server, client), asio::detached);
        co_await relay(client, server);
    }

    io::awaitable<bool> say(io::stream& client, std::string text) {
        if (!how.by_bytes) co_return co_await write(client, std::move(text));
        for (const char each : text) {
            const bool told = co_await write(client, std::string(1, each));
            if (!told) co_return false;
            co_await world.time().sleep_for(std::chrono::milliseconds(1));
        }
        co_return true;
    }

    /// Port 0 when it comes to nothing.
    io::awaitable<io::endpoint> greet(io::stream& client) {
        const std::string head = co_await read(client, 2);
        if (head.size() != 2 || how.hang_up) co_return io::endpoint();
        const std::string methods = co_await read(client, static_cast<unsigned char>(head[1]));
        if (!how.instead.empty()) {
            co_await write(client, how.instead);
            co_return io::endpoint();
        }
        const char method = how.user.empty() ? '\0' : '\2';
        const bool offered = methods.find(method) != methods.npos;
        co_await say(client, std::string("\5") + (offered ? method : '\xff'));
        if (!offered) co_return io::endpoint();
        if (method == '\2') {
            const std::string version_and_user = co_await read(client, 2);
            const std::string user = co_await read(client, static_cast<unsigned char>(version_and_user[1]));
            const std::string size = co_await read(client, 1);
            const std::string password = co_await read(client, static_cast<unsigned char>(size[0]));
            const bool known = user == how.user && password == how.password;
            co_await say(client,
                         std::string(1, static_cast<char>(how.login_version)) + (known ? '\0' : '\1'));
            if (!known) co_return io::endpoint();
        }
        const std::string request = co_await read(client, 4);
        io::endpoint where;
        if (request[3] == '\1') {
            const std::string bytes = co_await read(client, 4);
            asio::ip::address_v4::bytes_type raw;
            std::copy(bytes.begin(), bytes.end(), raw.begin());
            where.host = asio::ip::address_v4(raw).to_string();
        } else if (request[3] == '\4') {
            const std::string bytes = co_await read(client, 16);
            asio::ip::address_v6::bytes_type raw;
            std::copy(bytes.begin(), bytes.end(), raw.begin());
            where.host = asio::ip::address_v6(raw).to_string();
        } else {
            const std::string size = co_await read(client, 1);
            where.host = co_await read(client, static_cast<unsigned char>(size[0]));
        }
        const std::string port = co_await read(client, 2);
        where.port = static_cast<std::uint16_t>(static_cast<unsigned char>(port[0]) << 8 |
                                                static_cast<unsigned char>(port[1]));
        asked.push_back(to_string(where));
        co_return where;
    }
};

socks5_proxy::socks5_proxy(io::simulation& world, io::endpoint where, rules how)
    : state_(new state{world, std::move(how), world.net().listen(where).value(), {}, {}}) {
    asio::co_spawn(world.executor(), state::accept(state_), asio::detached);
}

socks5_proxy::~socks5_proxy() {
    stop();
}

const std::vector<std::string>& socks5_proxy::asked() const {
    return state_->asked;
}

void socks5_proxy::stop() {
    state_->door->close();
    for (const auto& each : state_->open)
        if (const auto still = each.lock()) still->close();
}

}  // namespace mtproto::test
