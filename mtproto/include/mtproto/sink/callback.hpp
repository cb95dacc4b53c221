// A sink that hands each chunk to a function.
#pragma once

#include <mtproto/sink/sink.hpp>

#include <functional>

namespace mtproto::sink {

/// Called on the stream's executor with each chunk in order. A failure that it returns ends the transfer, as
/// does an exception; pump() throws either.
using chunk_callback = std::function<outcome<void>(const chunk&)>;

class callback final : public sink {
  public:
    explicit callback(chunk_callback each) : each_(std::move(each)) {}

    boost::asio::awaitable<outcome<void>> write(chunk part) override;
    boost::asio::awaitable<outcome<void>> finish() override;

  private:
    chunk_callback each_;
};

}  // namespace mtproto::sink
