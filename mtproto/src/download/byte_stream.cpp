// The public face of a stream: failures become exceptions here.
#include "download/edge.hpp"
#include "download/reader.hpp"

namespace mtproto {

byte_stream::byte_stream() noexcept = default;
byte_stream::byte_stream(std::unique_ptr<download::reader> reader) noexcept : reader_(std::move(reader)) {}
byte_stream::byte_stream(byte_stream&&) noexcept = default;
byte_stream& byte_stream::operator=(byte_stream&&) noexcept = default;
byte_stream::~byte_stream() = default;

boost::asio::awaitable<std::optional<chunk>> byte_stream::next() {
    if (!reader_) co_return std::nullopt;
    outcome<std::optional<chunk>> part = co_await download::without_throwing(reader_->next());
    if (!part) throw error(part.error());
    co_return std::move(*part);
}

boost::asio::awaitable<std::size_t> byte_stream::read_at(std::int64_t offset, byte_span into) {
    if (!reader_) co_return 0;
    const outcome<std::size_t> count = co_await download::without_throwing(reader_->read_at(offset, into));
    if (!count) throw error(count.error());
    co_return *count;
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

}  // namespace mtproto
