// The steps of SOCKS5 (protocol 1.12).
#include "wire/socks5.hpp"

#include "base/endian.hpp"

#include <array>

namespace mtproto::wire {
namespace {

constexpr std::byte version{5};
constexpr std::byte login_version{1};
constexpr std::byte no_login{0};
constexpr std::byte user_and_password{2};
constexpr std::byte connect{1};
constexpr std::byte is_ipv4{1};
constexpr std::byte is_name{3};
constexpr std::byte is_ipv6{4};
constexpr std::byte granted{0};

constexpr std::size_t ipv4_size = 4;
constexpr std::size_t ipv6_size = 16;
constexpr std::size_t port_size = 2;
constexpr std::size_t longest_name = 255;

/// RFC 1928, 6.
constexpr std::array<std::string_view, 9> refusals{
    "",
    "the SOCKS5 proxy reports a failure of its own",
    "the SOCKS5 proxy's rules do not allow this connection",
    "the SOCKS5 proxy cannot reach the network",
    "the SOCKS5 proxy cannot reach the data centre",
    "the data centre refuses the SOCKS5 proxy's connection",
    "the SOCKS5 proxy's connection expired",
    "the SOCKS5 proxy cannot make connections",
    "the SOCKS5 proxy does not know this kind of address",
};

std::string refusal(std::byte reply) {
    const auto code = std::to_integer<std::size_t>(reply);
    if (code < refusals.size()) return std::string(refusals[code]);
    return "the SOCKS5 proxy refuses for a reason of its own, " + std::to_string(code);
}

}  // namespace

socks5_client::socks5_client(socks5_target where, std::optional<socks5_login> login)
    : where_(std::move(where)), login_(std::move(login)) {
    if (login_)
        out_ = {version, std::byte{2}, no_login, user_and_password};
    else
        out_ = {version, std::byte{1}, no_login};
    wants_ = 2;
}

result<void> socks5_client::check() const {
    const std::size_t size = where_.address.size();
    if (size != 0 && size != ipv4_size && size != ipv6_size) return errc::bad_argument;
    if (size == 0 && (where_.name.empty() || where_.name.size() > longest_name)) return errc::bad_argument;
    if (login_ && (login_->user.empty() || login_->user.size() > socks5_login::longest ||
                   login_->password.size() > socks5_login::longest))
        return errc::bad_argument;
    return {};
}

result<void> socks5_client::fail(std::string why) {
    problem_ = std::move(why);
    wants_ = 0;
    return errc::proxy_failed;
}

result<void> socks5_client::receive(byte_view data) {
    if (auto fits = check(); !fits) return fits;
    if (data.size() != wants_ || done()) return errc::bad_argument;
    switch (stage_) {
        case stage::method:
            if (data[0] != version) return fail("it does not speak SOCKS5");
            if (data[1] == no_login) {
                ask_to_connect();
                return {};
            }
            if (data[1] != user_and_password || !login_)
                return fail(login_ ? "the SOCKS5 proxy takes no user name and password"
                                   : "the SOCKS5 proxy wants a user name and a password");
            stage_ = stage::login;
            out_ = {login_version};
            for (const std::string& each : {login_->user, login_->password}) {
                out_.push_back(static_cast<std::byte>(each.size()));
                const byte_view text = as_bytes(each);
                out_.insert(out_.end(), text.begin(), text.end());
            }
            return {};
        case stage::login:
            // Many proxies put SOCKS' own version in front; the status behind it is what counts.
            if (data[1] != granted) return fail("the SOCKS5 proxy refuses this user name and password");
            ask_to_connect();
            return {};
        case stage::reply:
            if (data[0] != version) return fail("it does not speak SOCKS5");
            if (data[1] != granted) return fail(refusal(data[1]));
            stage_ = stage::bound_kind;
            return {};
        case stage::bound_kind:
            return expect_bound(data[1]);
        case stage::bound_length:
            stage_ = stage::bound;
            wants_ = std::to_integer<std::size_t>(data[0]) + port_size;
            return {};
        case stage::bound:  // where the proxy connects from: nobody's business here
            stage_ = stage::connected;
            wants_ = 0;
            return {};
        case stage::connected:
            break;
    }
    return errc::bad_argument;
}

void socks5_client::ask_to_connect() {
    stage_ = stage::reply;
    wants_ = 2;  // some close right behind a refusal
    const std::size_t size = where_.address.size();
    out_ = {version, connect, std::byte{0},
            size == ipv4_size   ? is_ipv4
            : size == ipv6_size ? is_ipv6
                                : is_name};
    if (size == 0) out_.push_back(static_cast<std::byte>(where_.name.size()));
    const byte_view where = size == 0 ? as_bytes(where_.name) : byte_view(where_.address);
    out_.insert(out_.end(), where.begin(), where.end());
    std::array<std::byte, port_size> port;
    store_be(port.data(), where_.port);
    out_.insert(out_.end(), port.begin(), port.end());
}

result<void> socks5_client::expect_bound(std::byte kind) {
    stage_ = stage::bound;
    if (kind == is_ipv4) {
        wants_ = ipv4_size + port_size;
    } else if (kind == is_ipv6) {
        wants_ = ipv6_size + port_size;
    } else if (kind == is_name) {
        stage_ = stage::bound_length;
        wants_ = 1;
    } else {
        return fail("it does not speak SOCKS5");
    }
    return {};
}

}  // namespace mtproto::wire
