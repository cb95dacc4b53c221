// A stream of ours as Asio's TLS and Beast want one: AsyncReadStream and AsyncWriteStream.
#pragma once

#include "io/stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace mtproto::tls {

namespace asio = boost::asio;

/// For operations of Asio whose error is looked at, not thrown.
inline constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);

/// Bytes to be written, as Asio takes them.
inline std::vector<asio::const_buffer> buffers_of(std::span<const byte_view> parts) {
    std::vector<asio::const_buffer> made;
    made.reserve(parts.size());
    for (const byte_view part : parts)
        made.emplace_back(part.data(), part.size());
    return made;
}

/// Why an operation of a stream of ours ended. `closed`: by its owner.
inline boost::system::error_code ended(const boost::system::error_code& why, bool closed) {
    return why == asio::error::operation_aborted && !closed ? make_error_code(errc::cancelled)
                                                            : make_error_code(errc::connection_closed);
}

/// Movable; operations under way keep the stream below.
class async_stream {
  public:
    using executor_type = asio::any_io_executor;
    using next_layer_type = async_stream;
    using lowest_layer_type = async_stream;

    async_stream(executor_type executor, std::shared_ptr<io::stream> below)
        : executor_(std::move(executor)), below_(std::move(below)) {}

    executor_type get_executor() const noexcept { return executor_; }
    lowest_layer_type& lowest_layer() noexcept { return *this; }
    const lowest_layer_type& lowest_layer() const noexcept { return *this; }
    void close() noexcept { below_->close(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& into, Token&& token) {
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, const Buffers& buffers) {
                byte_span room;
                for (auto each = asio::buffer_sequence_begin(buffers);
                     room.empty() && each != asio::buffer_sequence_end(buffers); ++each) {
                    const asio::mutable_buffer one(*each);
                    room = byte_span(static_cast<std::byte*>(one.data()), one.size());
                }
                start(read(below_, room), std::move(handler));
            },
            token, into);
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& from, Token&& token) {
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, const Buffers& buffers) {
                std::vector<byte_view> parts;
                for (auto each = asio::buffer_sequence_begin(buffers);
                     each != asio::buffer_sequence_end(buffers); ++each) {
                    const asio::const_buffer one(*each);
                    parts.emplace_back(static_cast<const std::byte*>(one.data()), one.size());
                }
                start(write(below_, std::move(parts)), std::move(handler));
            },
            token, from);
    }

  private:
    struct done {
        boost::system::error_code why;
        std::size_t count = 0;
    };

    // By value and not as members: the coroutine may outlive this object.
    static io::awaitable<done> read(std::shared_ptr<io::stream> below, byte_span room) {
        done made;
        if (room.empty()) co_return made;
        const result<std::size_t> count = co_await below->read_some(room);
        if (!count)
            made.why = in_asio_terms(count.error());
        else if (*count == 0)
            made.why = asio::error::eof;
        else
            made.count = *count;
        co_return made;
    }

    static io::awaitable<done> write(std::shared_ptr<io::stream> below, std::vector<byte_view> parts) {
        done made;
        const result<void> written = co_await below->write(parts);
        if (!written)
            made.why = in_asio_terms(written.error());
        else
            for (const byte_view part : parts)
                made.count += part.size();
        co_return made;
    }

    static boost::system::error_code in_asio_terms(const boost::system::error_code& why) {
        if (why == errc::cancelled) return asio::error::operation_aborted;
        return asio::error::connection_reset;
    }

    template <class Handler>
    void start(io::awaitable<done> what, Handler handler) {
        const auto slot = asio::get_associated_cancellation_slot(handler);
        auto end = [handler = std::move(handler)](const std::exception_ptr& thrown, done how) mutable {
            // Cancelling is all that throws in them.
            if (thrown) how.why = asio::error::operation_aborted;
            std::move(handler)(how.why, how.count);
        };
        asio::co_spawn(executor_, std::move(what), asio::bind_cancellation_slot(slot, std::move(end)));
    }

    executor_type executor_;
    std::shared_ptr<io::stream> below_;
};

/// Beast's hook for giving a connection up.
inline void beast_close_socket(async_stream& of) {
    of.close();
}

}  // namespace mtproto::tls
