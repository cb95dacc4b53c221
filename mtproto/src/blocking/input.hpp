// What is read on a thread that blocks: a stream of a file that can be sought in.
#pragma once

#include <mtproto/byte_stream.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>

namespace mtproto::blocking {

/// As byte_stream, whose rules hold: on one executor, cancellable, throws mtproto::error.
class input {
  public:
    virtual ~input() = default;
    virtual boost::asio::awaitable<std::optional<chunk>> next() = 0;
    virtual void seek(std::int64_t offset) = 0;
    virtual std::int64_t size() const = 0;
};

class stream_input final : public input {
  public:
    explicit stream_input(byte_stream& from) : from_(from) {}
    boost::asio::awaitable<std::optional<chunk>> next() override { return from_.next(); }
    void seek(std::int64_t offset) override { from_.seek(offset); }
    std::int64_t size() const override { return from_.size(); }

  private:
    byte_stream& from_;
};

}  // namespace mtproto::blocking
