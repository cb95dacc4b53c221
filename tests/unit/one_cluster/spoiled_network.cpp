// What happens to each read of a connection, by the network's mode.
#include "unit/one_cluster/spoiled_network.hpp"

#include "unit/wire_listener.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

namespace mtproto::test {

class spoiled_network::stream final : public io::stream {
  public:
    stream(std::unique_ptr<io::stream> under, const spoiled_network& of, io::endpoint where)
        : under_(std::move(under)),
          time_(of.time_),
          how_(of.how_),
          came_(of.came_),
          repeated_(of.repeated_),
          where_(std::move(where)) {}

    io::awaitable<result<std::size_t>> read_some(byte_span into) override {
        if (!again_.empty()) {
            const std::size_t count = std::min(into.size(), again_.size());
            std::copy_n(again_.begin(), count, into.begin());
            again_.erase(again_.begin(), again_.begin() + static_cast<std::ptrdiff_t>(count));
            co_return count;
        }
        for (;;) {
            const bool slow = spoils() && how_->how == mode::trickle;
            if (slow) {
                const result<void> waited = co_await time_->sleep_for(std::chrono::seconds(1));
                if (!waited) co_return waited.error();
            }
            const result<std::size_t> count = co_await under_->read_some(slow ? into.first(1) : into);
            if (!count || *count == 0) co_return count;
            const byte_span got = into.first(*count);
            if (how_->repeats && encrypted_ && !std::exchange(kept_, true)) {
                again_.assign(got.begin(), got.end());
                ++*repeated_;
            }
            if (applies()) *came_ += static_cast<std::int64_t>(*count);
            if (!spoils()) co_return count;
            while (spoils() && how_->how == mode::hold) {
                const result<void> waited = co_await time_->sleep_for(std::chrono::milliseconds(100));
                if (!waited) co_return waited.error();
            }
            if (how_->how == mode::none || how_->how == mode::hold) co_return count;
            if (how_->how == mode::stall) continue;
            if (how_->how == mode::flip)
                for (std::size_t at = got.size() / 2 % flip_each; at < got.size(); at += flip_each)
                    got[at] ^= std::byte{1};
            if (how_->how == mode::garbage)
                for (std::byte& each : got)
                    each = static_cast<std::byte>(noise_ = noise_ * 1664525 + 1013904223);
            co_return count;
        }
    }
    io::awaitable<result<void>> write(std::span<const byte_view> parts) override {
        for (const byte_view each : parts)
            note(each);
        return under_->write(parts);
    }
    void end_writing() noexcept override { under_->end_writing(); }
    void close() noexcept override { under_->close(); }

  private:
    bool applies() const { return !how_->to || how_->to(where_); }
    static constexpr std::size_t flip_each = 16u << 10;
    bool spoils() const { return how_->how != mode::none && applies() && *came_ >= how_->after; }

    void note(byte_view part) {
        if (encrypted_) return;
        client_.hear(part, [this](const wire::packet& each) {
            encrypted_ = encrypted_ || wire::key_id_of(each) != 0;
        });
    }

    std::unique_ptr<io::stream> under_;
    io::timers* time_;
    std::shared_ptr<settings> how_;
    std::shared_ptr<std::int64_t> came_;
    std::shared_ptr<int> repeated_;
    io::endpoint where_;
    bool encrypted_ = false;  ///< the client has sent such a packet
    bool kept_ = false;
    std::vector<std::byte> again_;
    std::uint32_t noise_ = 1;
    wire_listener client_;
};

io::awaitable<result<std::unique_ptr<io::stream>>> spoiled_network::connect(const io::endpoint& where) {
    io::endpoint to = where;
    while (how_->how == mode::hold) {
        const result<void> waited = co_await time_->sleep_for(std::chrono::milliseconds(100));
        if (!waited) co_return waited.error();
    }
    result<std::unique_ptr<io::stream>> made = co_await under_->connect(where);
    if (!made) co_return made.error();
    co_return std::make_unique<stream>(std::move(*made), *this, std::move(to));
}

}  // namespace mtproto::test
