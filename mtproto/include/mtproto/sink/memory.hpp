// A sink that keeps all in memory.
#pragma once

#include <mtproto/sink/sink.hpp>

#include <vector>

namespace mtproto::sink {

/// For small files: refuses to grow past `limit` bytes with errc::too_large.
class memory final : public sink {
  public:
    explicit memory(std::size_t limit) noexcept : limit_(limit) {}

    boost::asio::awaitable<outcome<void>> write(chunk part) override;
    boost::asio::awaitable<outcome<void>> finish() override;

    const std::vector<std::byte>& data() const noexcept { return data_; }

  private:
    std::size_t limit_;
    std::vector<std::byte> data_;
};

}  // namespace mtproto::sink
