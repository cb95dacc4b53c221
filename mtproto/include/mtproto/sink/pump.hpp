// From a stream into a sink.
#pragma once

#include <mtproto/byte_stream.hpp>
#include <mtproto/sink/sink.hpp>

namespace mtproto::sink {

/// Writes all that the stream still gives to `to` and finishes it; returns the number of bytes.
/// Throws mtproto::error: the stream's, or what the sink answered. The sink is not finished then.
boost::asio::awaitable<std::int64_t> pump(byte_stream& from, sink& to);

}  // namespace mtproto::sink
