// The public face of a stream: failures become exceptions here.
#include "download/reader.hpp"
#include "io/edge.hpp"

namespace mtproto {
namespace {

/// Of a stream without a file.
template <class T>
io::awaitable<outcome<T>> nothing() {
    co_return T();
}

}  // namespace

byte_stream::byte_stream() noexcept = default;
byte_stream::byte_stream(std::unique_ptr<download::reader> reader) noexcept : reader_(std::move(reader)) {}
byte_stream::byte_stream(byte_stream&&) noexcept = default;
byte_stream& byte_stream::operator=(byte_stream&&) noexcept = default;
byte_stream::~byte_stream() = default;

boost::asio::awaitable<std::optional<chunk>> byte_stream::next() {
    return io::at_the_edge(reader_ ? reader_->next() : nothing<std::optional<chunk>>());
}

boost::asio::awaitable<std::size_t> byte_stream::read_at(std::int64_t offset, byte_span into) {
    return io::at_the_edge(reader_ ? reader_->read_at(offset, into) : nothing<std::size_t>());
}

void byte_stream::seek(std::int64_t offset) {
    if (reader_) reader_->seek(offset);
}

void byte_stream::pause() {
    if (reader_) reader_->pause();
}

void byte_stream::resume() {
    if (reader_) reader_->resume();
}

void byte_stream::use(std::unique_ptr<window::strategy> strategy) {
    if (reader_) reader_->use(std::move(strategy));
}

void byte_stream::close() noexcept {
    if (reader_) reader_->close();
}

std::int64_t byte_stream::size() const noexcept {
    return reader_ ? reader_->size() : 0;
}

std::int64_t byte_stream::position() const noexcept {
    return reader_ ? reader_->position() : 0;
}

byte_stream::executor_type byte_stream::get_executor() const noexcept {
    return reader_ ? reader_->executor() : executor_type();
}

}  // namespace mtproto
