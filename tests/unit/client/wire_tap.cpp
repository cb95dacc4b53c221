// Reads along as a server would.
#include "unit/client/wire_tap.hpp"

#include "base/endian.hpp"
#include "unit/wire_listener.hpp"

namespace mtproto::test {

class wire_tap::stream final : public io::stream {
  public:
    stream(std::unique_ptr<io::stream> under, const wire_tap& of, packet with)
        : under_(std::move(under)),
          sent_(of.sent_),
          received_(of.received_),
          forging_(of.forging_),
          with_(std::move(with)) {}

    io::awaitable<result<std::size_t>> read_some(byte_span into) override {
        const result<std::size_t> count = co_await under_->read_some(into);
        if (count) *received_ += static_cast<std::int64_t>(*count);
        if (!count || *count == 0 || !*forging_ || with_.key_id == 0) co_return count;
        store_le(into.data(), std::uint32_t{4});
        store_le(into.data() + 4, std::int32_t{-404});
        co_return 8;
    }
    io::awaitable<result<void>> write(std::span<const byte_view> parts) override {
        for (const byte_view each : parts)
            note(each);
        return under_->write(parts);
    }
    void end_writing() noexcept override { under_->end_writing(); }
    void close() noexcept override { under_->close(); }

  private:
    void note(byte_view part) {
        client_.hear(part, [this](const wire::packet& each) {
            with_.key_id = wire::key_id_of(each);
            sent_->push_back(with_);
        });
    }

    std::unique_ptr<io::stream> under_;
    std::shared_ptr<std::vector<packet>> sent_;
    std::shared_ptr<std::int64_t> received_;
    std::shared_ptr<bool> forging_;
    packet with_;  // the last that was sent
    wire_listener client_;
};

io::awaitable<result<std::unique_ptr<io::stream>>> wire_tap::connect(const io::endpoint& where) {
    packet with;
    with.connection = ++connections_;
    with.to = where;
    result<std::unique_ptr<io::stream>> made = co_await under_->connect(where);
    if (!made) co_return made.error();
    co_return std::make_unique<stream>(std::move(*made), *this, std::move(with));
}

std::set<std::int64_t> wire_tap::keys(const io::endpoint& where) const {
    std::set<std::int64_t> found;
    for (const packet& each : *sent_)
        if (each.to == where && each.key_id != 0) found.insert(each.key_id);
    return found;
}

}  // namespace mtproto::test
