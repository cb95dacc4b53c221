// Reads the first bytes of a connection and puts the stream that they ask for on top.
#include "localdc/greeting.hpp"

#include "tunnel/fake_tls_stream.hpp"
#include "tunnel/obfuscated_stream.hpp"
#include "tunnel/prefixed_stream.hpp"
#include "tunnel/read_exactly.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace mtproto::localdc {
namespace {

bool is_tls(byte_view first) noexcept {
    return first.size() >= 2 && first[0] == std::byte{0x16} && first[1] == std::byte{3};
}

bool is_http(byte_view first) noexcept {
    constexpr std::string_view method = "GET ";
    return first.size() >= method.size() && std::equal(method.begin(), method.end(), as_text(first).begin());
}

result<greeted> obfuscated(std::unique_ptr<io::stream> stream, const wire::obfuscation_header& header,
                           const wire::proxy_key* key) {
    result<wire::obfuscation_accepted> accepted = wire::accept_obfuscation(header, key);
    if (!accepted) return accepted.error();
    greeted made;
    made.framing = accepted->kind;
    made.mark = accepted->mark;
    made.stream =
        std::make_unique<tunnel::obfuscated_stream>(std::move(stream), std::move(accepted->ciphers));
    return made;
}

// What is inside a WebSocket is obfuscated (protocol 1.14).
io::awaitable<result<greeted>> greet_in_websocket(std::unique_ptr<io::stream> stream,
                                                  websocket_server& taken_by, bool tls) {
    result<std::unique_ptr<io::stream>> inside = co_await taken_by.accept(std::move(stream), tls);
    if (!inside) co_return inside.error();
    wire::obfuscation_header first;
    const result<void> read = co_await tunnel::read_exactly(**inside, first);
    if (!read) co_return read.error();
    co_return obfuscated(std::move(*inside), first, nullptr);
}

io::awaitable<result<std::unique_ptr<io::stream>>> accept_fake_tls(std::unique_ptr<io::stream> stream,
                                                                   wire::fake_tls_guard& guard, unix_time now,
                                                                   random_source& random) {
    std::vector<std::byte> hello;
    for (;;) {
        const result<std::size_t> size = wire::client_hello_size(hello);
        if (!size) co_return size.error();
        const std::size_t have = hello.size();
        if (*size == have) break;
        hello.resize(*size);
        const result<void> read = co_await tunnel::read_exactly(*stream, byte_span(hello).subspan(have));
        if (!read) co_return read.error();
    }
    const result<wire::seen_hello> seen = guard.admit(hello, now);
    if (!seen) co_return seen.error();
    const std::vector<std::byte> reply = wire::make_fake_tls_reply(*seen, guard.secret().key, random);
    const std::array<byte_view, 1> out{reply};
    const result<void> written = co_await stream->write(out);
    if (!written) co_return written.error();
    co_return std::make_unique<tunnel::fake_tls_stream>(std::move(stream), wire::role::server);
}

}  // namespace

io::awaitable<result<greeted>> greet(std::unique_ptr<io::stream> stream, websocket_server* websocket) {
    wire::obfuscation_header first;
    std::size_t have = 0;
    bool plain = false;
    while (!plain && have < first.size()) {
        const result<std::size_t> count = co_await stream->read_some(byte_span(first).subspan(have));
        if (!count) co_return count.error();
        if (*count == 0) co_return errc::connection_closed;
        have += *count;
        const byte_view so_far = byte_view(first).first(have);
        if (is_tls(so_far) || is_http(so_far)) {
            if (!websocket) co_return errc::bad_frame;
            const bool tls = is_tls(so_far);
            auto whole = std::make_unique<tunnel::prefixed_stream>(std::move(stream), so_far);
            co_return co_await greet_in_websocket(std::move(whole), *websocket, tls);
        }
        const auto found = wire::detect_transport(so_far);
        plain = found && found->kind;
    }
    if (plain) {
        greeted made;
        made.stream =
            std::make_unique<tunnel::prefixed_stream>(std::move(stream), byte_view(first).first(have));
        co_return made;
    }
    co_return obfuscated(std::move(stream), first, nullptr);
}

io::awaitable<result<greeted>> greet_at_proxy(std::unique_ptr<io::stream> stream, wire::fake_tls_guard& guard,
                                              unix_time now, random_source& random) {
    using form = wire::proxy_secret::form;
    const wire::proxy_secret& secret = guard.secret();
    if (secret.kind == form::fake_tls) {
        result<std::unique_ptr<io::stream>> inside =
            co_await accept_fake_tls(std::move(stream), guard, now, random);
        if (!inside) co_return inside.error();
        stream = std::move(*inside);
    }
    wire::obfuscation_header first;
    const result<void> read = co_await tunnel::read_exactly(*stream, first);
    if (!read) co_return read.error();
    result<greeted> made = obfuscated(std::move(stream), first, &secret.key);
    if (made && secret.kind != form::plain && made->framing != wire::framing::padded_intermediate)
        co_return errc::bad_frame;
    co_return made;
}

}  // namespace mtproto::localdc
