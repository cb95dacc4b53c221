// From a stream into a sink.
#pragma once

#include <mtproto/byte_stream.hpp>
#include <mtproto/sink/sink.hpp>

namespace mtproto::sink {

/// Writes all that the stream still gives to `to` and finishes it; returns the number of bytes. Both must
/// outlive the call. Throws mtproto::error: the stream's, or the sink's failure; an exception of the sink
/// comes out as it is. The sink is not finished then. It can be cancelled, with the type `terminal`; chunks
/// that were written stay written, and the stream can be read on.
boost::asio::awaitable<std::int64_t> pump(byte_stream& from, sink& to);

}  // namespace mtproto::sink
