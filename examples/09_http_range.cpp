// Serves a file over HTTP on this machine, ranges of it too: players seek in it while it comes.
//   09_http_range API_ID API_HASH LINK PORT      then, for instance: mpv http://127.0.0.1:PORT/
#include "example.hpp"

#include <mtproto/printable.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <array>
#include <charconv>
#include <iostream>
#include <optional>
#include <string_view>

const char* const usage = "LINK PORT";

namespace http = boost::beast::http;
using asio::ip::tcp;
using namespace asio::experimental::awaitable_operators;

/// "bytes=5-", "bytes=5-9" or "bytes=-5"; nothing for another text, and for a range outside of the file.
std::optional<mtproto::byte_range> parse_range(std::string_view text, std::int64_t size) {
    constexpr std::string_view unit = "bytes=";
    if (!text.starts_with(unit) || size == 0) return std::nullopt;
    text.remove_prefix(unit.size());
    const std::size_t dash = text.find('-');
    if (dash == text.npos) return std::nullopt;
    const auto number = [](std::string_view digits) {
        std::int64_t value = -1;
        const auto end = digits.data() + digits.size();
        return std::from_chars(digits.data(), end, value).ptr == end && value >= 0 ? value : -1;
    };
    std::int64_t first = number(text.substr(0, dash));
    std::int64_t last = number(text.substr(dash + 1));
    if (dash == 0) {
        if (last <= 0) return std::nullopt;
        first = std::max<std::int64_t>(size - last, 0);
        last = size - 1;
    } else if (dash + 1 == text.size()) {
        last = size - 1;
    }
    if (first < 0 || last < first || first >= size) return std::nullopt;
    mtproto::byte_range range;
    range.offset = first;
    range.length = std::min(last, size - 1) - first + 1;
    return range;
}

asio::awaitable<void> send(tcp::socket& peer, mtproto::client& tg, const mtproto::media& file,
                           http::request<http::empty_body> request) {
    const std::string wanted(request[http::field::range]);
    const auto range = parse_range(wanted, file.size);
    std::string head = "HTTP/1.1 200 OK\r\n";
    mtproto::byte_range part;
    part.length = file.size;
    if (range) {
        part = *range;
        head = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(part.offset) + "-" +
               std::to_string(part.offset + part.length - 1) + "/" + std::to_string(file.size) + "\r\n";
    } else if (!wanted.empty()) {
        part.length = 0;
        head = "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */" + std::to_string(file.size) +
               "\r\n";
    }
    // A sender's text does not belong into a header.
    head +=
        "Content-Type: application/octet-stream\r\nAccept-Ranges: bytes\r\nConnection: close\r\n"
        "Content-Length: " +
        std::to_string(part.length) + "\r\n\r\n";
    co_await asio::async_write(peer, asio::buffer(head), asio::use_awaitable);
    if (request.method() != http::verb::get || part.length == 0) co_return;
    mtproto::byte_stream bytes = tg.open(file, part);
    // Whoever reads slowly is sent slowly: no more is asked for than read_ahead bytes.
    while (const std::optional<mtproto::chunk> some = co_await bytes.next())
        co_await asio::async_write(peer, asio::buffer(some->data.data(), some->data.size()),
                                   asio::use_awaitable);
}

/// Returns when the client has closed its side, or sends what nobody asked for.
asio::awaitable<void> until_closed(tcp::socket& peer) {
    std::array<char, 1> byte{};
    co_await peer.async_read_some(asio::buffer(byte), asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<void> answer(tcp::socket peer, mtproto::client& tg, const mtproto::media& file) try {
    std::string text;
    co_await asio::async_read_until(peer, asio::dynamic_buffer(text, 16384), "\r\n\r\n", asio::use_awaitable);
    http::request_parser<http::empty_body> parser;
    boost::beast::error_code wrong;
    parser.put(asio::buffer(text), wrong);
    if (wrong || !parser.is_header_done()) co_return;
    // A player that seeks closes this connection: the download behind it ends at once.
    co_await (send(peer, tg, file, parser.release()) || until_closed(peer));
} catch (const std::exception& failed) {
    std::cerr << mtproto::printable(failed.what()) << "\n";
}

asio::awaitable<void> example(mtproto::config settings, std::vector<std::string> arguments) {
    const auto executor = co_await asio::this_coro::executor;
    mtproto::client tg(executor, std::move(settings));
    co_await sign_in(tg);
    const mtproto::media file = co_await tg.resolve(arguments[0]);
    const auto port = static_cast<std::uint16_t>(std::stoi(arguments[1]));
    tcp::acceptor acceptor(executor, {asio::ip::address_v4::loopback(), port});
    std::cout << file.name << " is at http://127.0.0.1:" << acceptor.local_endpoint().port() << "/"
              << std::endl;
    for (;;) {
        tcp::socket peer = co_await acceptor.async_accept(asio::use_awaitable);
        asio::co_spawn(executor, answer(std::move(peer), tg, file), asio::detached);
    }
}
