// TCP over Asio.
#include "io/sockets.hpp"

#include "io/peer.hpp"
#include "io/wake_size.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace mtproto::io {
namespace {

using asio::ip::tcp;
constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);

boost::system::error_code ended(const boost::system::error_code& why, bool closed) {
    return why == asio::error::operation_aborted && !closed ? make_error_code(errc::cancelled)
                                                            : make_error_code(errc::connection_closed);
}

class socket_stream final : public stream, public has_peer {
  public:
    explicit socket_stream(tcp::socket socket) : socket_(std::move(socket)) {
        boost::system::error_code ignored;
        socket_.set_option(tcp::no_delay(true), ignored);
    }

    awaitable<result<std::size_t>> read_some(byte_span into) override {
        const std::size_t step = wake_.value();
        wait_for(expected_ <= 2 * step ? expected_ : step);
        const bool waits = expected_ > 1;
        const asio::mutable_buffer target(into.data(), into.size());
        auto [why, count] = co_await socket_.async_read_some(target, use_tuple);
        if (why == asio::error::eof) co_return std::size_t{0};
        if (why) co_return ended(why, closed_);
        if (waits) wake_.received(count, system_clock().now());
        co_return count;
    }

    void expect(std::size_t bytes) noexcept override {
        expected_ = std::max<std::size_t>(bytes, 1);
        if (expected_ < waited_for_) wait_for(expected_);
    }

    awaitable<result<void>> write(std::span<const byte_view> parts) override {
        // writev takes a few buffers at a time; asio::async_write goes on until all is out.
        std::vector<asio::const_buffer> buffers;
        buffers.reserve(parts.size());
        for (byte_view part : parts)
            buffers.emplace_back(part.data(), part.size());
        auto [why, count] = co_await asio::async_write(socket_, buffers, use_tuple);
        if (why) co_return ended(why, closed_);
        co_return result<void>{};
    }

    void end_writing() noexcept override {
        boost::system::error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
    }

    void close() noexcept override {
        closed_ = true;
        boost::system::error_code ignored;
        socket_.close(ignored);
    }

    std::string peer() const override {
        boost::system::error_code unknown;
        const tcp::endpoint other = socket_.remote_endpoint(unknown);
        return unknown ? std::string() : other.address().to_string();
    }

  private:
    void wait_for(std::size_t bytes) noexcept {
        if (bytes == waited_for_) return;
        boost::system::error_code ignored;
        socket_.set_option(asio::socket_base::receive_low_watermark(static_cast<int>(bytes)), ignored);
        waited_for_ = bytes;
    }

    tcp::socket socket_;
    wake_size wake_;
    std::size_t expected_ = 1;
    std::size_t waited_for_ = 1;
    bool closed_ = false;
};

class socket_acceptor final : public acceptor {
  public:
    explicit socket_acceptor(tcp::acceptor acceptor) : acceptor_(std::move(acceptor)) {}

    awaitable<result<std::unique_ptr<stream>>> accept() override {
        auto [why, socket] = co_await acceptor_.async_accept(use_tuple);
        if (why) co_return ended(why, !acceptor_.is_open());
        co_return std::make_unique<socket_stream>(std::move(socket));
    }

    endpoint local() const override {
        boost::system::error_code ignored;
        const tcp::endpoint where = acceptor_.local_endpoint(ignored);
        return {where.address().to_string(), where.port()};
    }

    void close() noexcept override {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
    }

  private:
    tcp::acceptor acceptor_;
};

}  // namespace

std::string to_string(const endpoint& where) {
    const bool bracketed = where.host.find(':') != std::string::npos;
    return (bracketed ? "[" + where.host + "]" : where.host) + ":" + std::to_string(where.port);
}

namespace {

/// The error where this process, or this machine, may open no more files: no fault of the network.
boost::system::error_code out_of_files(const boost::system::error_code& why) {
    namespace system = boost::system::errc;
    for (const auto full : {system::too_many_files_open, system::too_many_files_open_in_system})
        if (why == full) return make_error_code(full);
    return {};
}

/// The same for a resolver, which does not tell its reason.
boost::system::error_code probe_out_of_files() {
    const int spare = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    if (spare < 0) return out_of_files({errno, boost::system::generic_category()});
    ::close(spare);
    return {};
}

}  // namespace

awaitable<result<std::unique_ptr<stream>>> socket_network::connect(const endpoint& where) {
    tcp::socket socket(executor_);
    boost::system::error_code why;
    const auto address = asio::ip::make_address(where.host, why);
    if (!why) {
        auto [failed] = co_await socket.async_connect(tcp::endpoint(address, where.port), use_tuple);
        why = failed;
    } else {
        tcp::resolver resolver(executor_);
        auto [unresolved, found] =
            co_await resolver.async_resolve(where.host, std::to_string(where.port), use_tuple);
        why = unresolved;
        if (const auto full = probe_out_of_files(); why && full) why = full;
        if (!why) {
            auto [failed, reached] = co_await asio::async_connect(socket, found, use_tuple);
            why = failed;
        }
    }
    if (why == asio::error::operation_aborted) co_return errc::cancelled;
    if (const auto full = out_of_files(why)) co_return full;
    if (why) co_return errc::connection_failed;
    co_return std::make_unique<socket_stream>(std::move(socket));
}

result<std::unique_ptr<acceptor>> socket_network::listen(const endpoint& where) {
    boost::system::error_code why;
    const auto address = asio::ip::make_address(where.host, why);
    if (why) return why;
    const tcp::endpoint local(address, where.port);
    tcp::acceptor made(executor_);
    made.open(local.protocol(), why);
    if (!why) made.set_option(tcp::acceptor::reuse_address(true), why);
    if (!why) made.bind(local, why);
    if (!why) made.listen(asio::socket_base::max_listen_connections, why);
    if (why) return why;
    return std::make_unique<socket_acceptor>(std::move(made));
}

awaitable<result<void>> machine_timers::sleep_until(time_point when) {
    asio::steady_timer timer(executor_, when);
    auto [why] = co_await timer.async_wait(use_tuple);
    if (why) co_return errc::cancelled;
    co_return result<void>{};
}

}  // namespace mtproto::io
