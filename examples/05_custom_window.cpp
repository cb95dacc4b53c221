// Streams the first file of a folder from a local data centre, asking for parts in a way of one's own.
//   05_custom_window FOLDER > COPY
#include <mtproto/client.hpp>
#include <mtproto/local_dc.hpp>
#include <mtproto/printable.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace asio = boost::asio;
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

asio::awaitable<void> copy(mtproto::config settings, std::string link) {
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await tg.connect();
    std::string token = "1:any";  // a local data centre lets everybody in
    co_await tg.login_bot(std::move(token));
    const mtproto::media file = co_await tg.resolve(link);

    mtproto::byte_stream bytes = tg.open(file);
    bytes.use(std::make_unique<additive_increase>());
    while (std::optional<mtproto::chunk> part = co_await bytes.next())
        if (std::fwrite(part->data.data(), 1, part->data.size(), stdout) != part->data.size())
            throw std::runtime_error("cannot write to standard output");
    if (std::fflush(stdout) != 0) throw std::runtime_error("cannot write to standard output");
}

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: 05_custom_window FOLDER > COPY\n";
        return 2;
    }
    asio::io_context context(1);
    try {
        mtproto::local_dc_options options;
        options.folder = argv[1];
        options.rtt = 40ms;
        mtproto::local_dc there(context.get_executor(), std::move(options));
        there.start();

        mtproto::config settings;
        settings.api = {.id = 1, .hash = "any"};
        settings.servers = {.addresses = {}, .rsa_public_keys = {there.info().rsa_public_key}};
        settings.servers.home_dc = there.info().home_dc;
        for (const auto& dc : there.info().dcs)
            settings.servers.addresses.push_back({dc.id, dc.host, dc.port});

        const std::string link = "https://t.me/" + there.info().channel + "/2";
        asio::co_spawn(context, copy(std::move(settings), link), [&](std::exception_ptr failed) {
            context.stop();
            if (failed) std::rethrow_exception(failed);
        });
        context.run();
    } catch (const std::exception& failed) {
        std::cerr << mtproto::printable(failed.what()) << "\n";
        return 1;
    }
}
