// One transport connection as packets: a stream and its framing.
#pragma once

#include "base/buffer_pool.hpp"
#include "io/stream.hpp"
#include "net/dialer.hpp"
#include "wire/framing.hpp"
#include "wire/packet.hpp"

#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mtproto::net {

/// Not thread safe; one read and one write at a time.
class link {
  public:
    /// `heard` is called after each read that brought something, before its packets are handed out.
    link(dialled over, buffer_pool& pool, random_source& random, std::function<void()> heard);

    /// The next packet. Errors: errc::connection_closed, bad_frame, too_large, cancelled. A broken framing
    /// stays broken: the error comes again at each call.
    io::awaitable<result<wire::packet>> read();
    /// The large packet that still comes, if there is one.
    std::optional<wire::frame_reader::partial_packet> partial() const { return reader_.partial(); }
    /// The read under way is to bring what is there, however little.
    void hurry() noexcept { stream_->expect(1); }
    /// Sends the packets in one go.
    io::awaitable<result<void>> write(std::span<const wire::packet> packets);
    /// Ends both directions; read and write return.
    void close() noexcept { stream_->close(); }

  private:
    std::unique_ptr<io::stream> stream_;
    wire::frame_reader reader_;
    wire::frame_writer writer_;
    std::function<void()> heard_;
    std::optional<boost::system::error_code> broken_;  // the framing, by what was read last
    std::vector<wire::frame> frames_;                  // of the write under way
    std::vector<byte_view> parts_;
};

}  // namespace mtproto::net
