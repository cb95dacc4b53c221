// Reads go straight to where the framing wants them; writes gather frames and payloads.
#include "net/link.hpp"

namespace mtproto::net {

link::link(dialled over, buffer_pool& pool, random_source& random, std::function<void()> heard)
    : stream_(std::move(over.stream)),
      reader_(wire::role::client, over.framing, pool),
      writer_(wire::role::client, over.framing, random, over.send_tag),
      heard_(std::move(heard)) {}

io::awaitable<result<wire::packet>> link::read() {
    for (;;) {
        // What came whole before a fault is still good.
        if (std::optional<wire::packet> ready = reader_.next()) co_return std::move(*ready);
        if (broken_) co_return *broken_;
        const byte_span room = reader_.prepare();
        stream_->expect(reader_.missing());
        const result<std::size_t> count = co_await stream_->read_some(room);
        if (!count) co_return count.error();
        if (*count == 0) co_return errc::connection_closed;
        if (const result<void> sound = reader_.commit(*count); !sound) broken_ = sound.error();
        heard_();
    }
}

io::awaitable<result<void>> link::write(std::span<const wire::packet> packets) {
    frames_.clear();
    parts_.clear();
    frames_.reserve(packets.size());  // the views below must stay valid
    for (const wire::packet& each : packets) {
        const wire::frame& around = frames_.emplace_back(writer_.wrap(each.view()));
        for (const byte_view part : {around.header(), each.view(), around.trailer()})
            if (!part.empty()) parts_.push_back(part);
    }
    co_return co_await stream_->write(parts_);
}

}  // namespace mtproto::net
