// A stream inside what looks like TLS, once the hellos are done (protocol 1.11).
#pragma once

#include "io/stream.hpp"
#include "wire/tls_records.hpp"

#include <memory>

namespace mtproto::tunnel {

/// Reads go to the caller's buffer and are not copied; the bytes behind those that were read may have been
/// written, too. errc::bad_frame when the peer sends something else than records of data.
class fake_tls_stream final : public io::stream {
  public:
    fake_tls_stream(std::unique_ptr<io::stream> below, wire::role self)
        : below_(std::move(below)), in_(self), out_(self) {}

    io::awaitable<result<std::size_t>> read_some(byte_span into) override;
    io::awaitable<result<void>> write(std::span<const byte_view> parts) override;
    void end_writing() noexcept override { below_->end_writing(); }
    void close() noexcept override { below_->close(); }

  private:
    std::unique_ptr<io::stream> below_;
    wire::tls_record_reader in_;
    wire::tls_record_writer out_;
};

}  // namespace mtproto::tunnel
