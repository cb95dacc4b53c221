// Connects, lets the proxy do its part, and puts the obfuscation on top.
#include "net/route.hpp"

#include "net/proxies.hpp"
#include "net/within.hpp"
#include "tunnel/obfuscated_stream.hpp"
#include "wire/obfuscated.hpp"

namespace mtproto::net {

outcome<void> route::check() const {
    if (is_obfuscated() && !wire::can_be_obfuscated(framing_used()))
        return failure(errc::bad_argument,
                       "the full framing cannot be obfuscated, nor go through an MTProxy or a WebSocket: "
                       "choose another");
    if (websocket && std::holds_alternative<through_mtproxy>(way))
        return failure(errc::bad_argument, "an MTProxy passes no WebSockets on: choose one of the two");
    if (const auto* socks = std::get_if<through_socks5>(&way); socks && socks->login) {
        const wire::socks5_login& login = *socks->login;
        if (login.user.empty() || login.user.size() > wire::socks5_login::longest ||
            login.password.size() > wire::socks5_login::longest)
            return failure(errc::bad_argument,
                           "a SOCKS5 proxy's user name has 1 to 255 bytes, and its password at most 255");
    }
    return {};
}

wire::framing route::framing_used() const noexcept {
    const auto* proxy = std::get_if<through_mtproxy>(&way);
    const bool prefixed = proxy && proxy->secret.kind != wire::proxy_secret::form::plain;
    return prefixed ? wire::framing::padded_intermediate : framing;
}

io::endpoint route::address_of(const destination& where) const {
    const auto number = static_cast<std::size_t>(where.dc);
    if (!websocket || number == 0 || number > websocket_names.size()) return where.address;
    return {websocket_names[number - 1] + (where.media ? "-1" : "") + ".web.telegram.org", 443};
}

duration route_dialer::proxy_time() const {
    return std::holds_alternative<direct>(route_.way) ? duration{} : proxy_patience;
}

std::string route_dialer::describe(const destination& where) const {
    if (const auto* proxy = std::get_if<through_mtproxy>(&route_.way))
        return "the MTProxy " + to_string(proxy->at);
    const std::string server =
        (route_.websocket ? "the WebSocket " : "") + to_string(route_.address_of(where));
    if (const auto* socks = std::get_if<through_socks5>(&route_.way))
        return server + " through the SOCKS5 proxy " + to_string(socks->at);
    return server;
}

io::awaitable<outcome<dialled>> route_dialer::dial(destination where) {
    if (const outcome<void> sound = route_.check(); !sound) co_return sound.error();
    outcome<std::unique_ptr<io::stream>> below = co_await reach(where);
    if (!below) co_return below.error();
    dialled made;
    made.framing = route_.framing_used();
    made.stream = std::move(*below);
    if (route_.is_obfuscated()) {
        const auto* proxy = std::get_if<through_mtproxy>(&route_.way);
        const wire::proxy_key* key = proxy ? &proxy->secret.key : nullptr;
        const wire::dc_mark mark{where.dc, where.test, where.media};
        wire::obfuscation_offer offer = wire::offer_obfuscation(made.framing, mark, key, *random_);
        made.stream = std::make_unique<tunnel::obfuscated_stream>(std::move(made.stream), std::move(offer));
        made.send_tag = false;
    }
    co_return std::move(made);
}

io::awaitable<outcome<std::unique_ptr<io::stream>>> route_dialer::reach(const destination& where) {
    if (const auto* proxy = std::get_if<through_mtproxy>(&route_.way)) {
        outcome<std::unique_ptr<io::stream>> to_proxy = co_await reach_proxy(where, proxy->at);
        if (!to_proxy || proxy->secret.kind != wire::proxy_secret::form::fake_tls) co_return to_proxy;
        const unix_time now = time_->unix_now() + where.time_offset;
        co_return co_await within_patience(open_fake_tls(std::move(*to_proxy), *proxy, now, *random_),
                                           "the MTProxy ", proxy->at);
    }
    outcome<std::unique_ptr<io::stream>> to_server = co_await reach_server(where);
    if (!to_server || !route_.websocket) co_return to_server;
    const io::endpoint host = route_.address_of(where);
    const std::string path = where.test ? "/apiws_test" : "/apiws";
    co_return co_await route_.websocket->open(std::move(*to_server), host, path);
}

io::awaitable<outcome<std::unique_ptr<io::stream>>> route_dialer::reach_server(const destination& where) {
    const io::endpoint server = route_.address_of(where);
    const auto* socks = std::get_if<through_socks5>(&route_.way);
    if (!socks) co_return co_await connect(where, server);
    outcome<std::unique_ptr<io::stream>> to_proxy = co_await reach_proxy(where, socks->at);
    if (!to_proxy) co_return to_proxy;
    const outcome<void> opened =
        co_await within_patience(open_socks5(**to_proxy, *socks, server), "the SOCKS5 proxy ", socks->at);
    if (!opened) co_return opened.error();
    co_return to_proxy;
}

template <class T>
io::awaitable<outcome<T>> route_dialer::within_patience(io::awaitable<outcome<T>> talk, const char* name,
                                                        const io::endpoint& proxy) {
    const duration limit = proxy_silent_ ? patience_after_silence : proxy_patience;
    outcome<T> opened = co_await within(*time_, time_->now() + limit, std::move(talk));
    proxy_silent_ = !opened && opened.error().code == errc::timed_out;
    if (!proxy_silent_) co_return opened;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit).count();
    co_return failure(errc::proxy_failed, name + to_string(proxy) + " has not let us through within " +
                                              std::to_string(seconds) + " s");
}

io::awaitable<outcome<std::unique_ptr<io::stream>>> route_dialer::reach_proxy(const destination& where,
                                                                              const io::endpoint& at) {
    outcome<std::unique_ptr<io::stream>> reached =
        co_await within(*time_, time_->now() + where.connect_timeout, connect(where, at));
    co_return reached;
}

io::awaitable<outcome<std::unique_ptr<io::stream>>> route_dialer::connect(const destination& where,
                                                                          const io::endpoint& at) {
    result<std::unique_ptr<io::stream>> connected = co_await network_->connect(at);
    if (connected) co_return std::move(*connected);
    failure why(connected.error());
    if (why.code != errc::cancelled) why.detail = describe(where);
    co_return why;
}

}  // namespace mtproto::net
