// Streams a file, asking for its parts in a way of one's own. Local data centres serve to try it out.
//   05_custom_window --local FOLDER https://t.me/demo/2 > COPY
#include "example.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

const char* const usage = "LINK";
using namespace std::chrono_literals;

// As TCP does it: one part more for each window that came well, half as many when something is amiss.
class additive_increase final : public mtproto::window::strategy {
  public:
    int connections() const override { return 2; }
    int in_flight(int /*connection*/) const override { return static_cast<int>(window_); }
    std::int32_t part_size() const override { return 256 * 1024; }
    bool keeps_pace() const override { return true; }

    std::optional<mtproto::duration> late_after(const mtproto::window::pending_part&) const override {
        return slowest_ > 0s ? std::optional(2 * slowest_) : std::nullopt;
    }
    void on_part(const mtproto::window::part_report& part, mtproto::time_point) override {
        if (!part.held_back) window_ = std::min(window_ + 1 / window_, 16.0);
        slowest_ = std::max(slowest_, part.took);
    }
    void on_flood(mtproto::duration, mtproto::time_point) override { halve(); }
    void on_connection_lost(int, mtproto::time_point) override { halve(); }

  private:
    void halve() { window_ = std::max(window_ / 2, 1.0); }

    double window_ = 2;
    mtproto::duration slowest_{0};
};

asio::awaitable<void> example(mtproto::config settings, std::vector<std::string> arguments) {
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await sign_in(tg);
    const mtproto::media file = co_await tg.resolve(arguments[0]);

    mtproto::byte_stream bytes = tg.open(file);
    bytes.use(std::make_unique<additive_increase>());
    while (std::optional<mtproto::chunk> part = co_await bytes.next())
        if (std::fwrite(part->data.data(), 1, part->data.size(), stdout) != part->data.size())
            throw std::runtime_error("cannot write to standard output");
    if (std::fflush(stdout) != 0) throw std::runtime_error("cannot write to standard output");
}
