// A stream whose bytes look random on the stream below it (protocol 1.7).
#pragma once

#include "io/stream.hpp"
#include "wire/obfuscated.hpp"

#include <memory>
#include <vector>

namespace mtproto::tunnel {

/// Reads decrypt in place, in the caller's buffer. A write that fails or is cancelled ends the stream: the
/// key streams have gone on.
class obfuscated_stream final : public io::stream {
  public:
    /// The client's end. The header goes out together with the first write.
    obfuscated_stream(std::unique_ptr<io::stream> below, wire::obfuscation_offer offer);
    /// The server's end, whose header was read.
    obfuscated_stream(std::unique_ptr<io::stream> below, wire::obfuscation ciphers);

    io::awaitable<result<std::size_t>> read_some(byte_span into) override;
    void expect(std::size_t bytes) noexcept override { below_->expect(bytes); }
    io::awaitable<result<void>> write(std::span<const byte_view> parts) override;
    void end_writing() noexcept override { below_->end_writing(); }
    void close() noexcept override { below_->close(); }

  private:
    io::awaitable<result<void>> flush();

    std::unique_ptr<io::stream> below_;
    wire::obfuscation ciphers_;
    std::vector<std::byte> sealed_;  // what goes out next
    std::size_t sealed_size_ = 0;
};

}  // namespace mtproto::tunnel
