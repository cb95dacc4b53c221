// A stream whose first bytes were read already, to see what it is.
#pragma once

#include "io/stream.hpp"

#include <memory>
#include <vector>

namespace mtproto::tunnel {

class prefixed_stream final : public io::stream {
  public:
    /// `first` is what read_some gives before anything of `below`.
    prefixed_stream(std::unique_ptr<io::stream> below, byte_view first)
        : below_(std::move(below)), first_(first.begin(), first.end()) {}

    io::awaitable<result<std::size_t>> read_some(byte_span into) override;
    void expect(std::size_t bytes) noexcept override { below_->expect(bytes); }
    io::awaitable<result<void>> write(std::span<const byte_view> parts) override {
        return below_->write(parts);
    }
    void end_writing() noexcept override { below_->end_writing(); }
    void close() noexcept override { below_->close(); }

  private:
    std::unique_ptr<io::stream> below_;
    std::vector<std::byte> first_;
    std::size_t given_ = 0;
};

}  // namespace mtproto::tunnel
