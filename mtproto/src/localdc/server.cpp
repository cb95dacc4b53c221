// Binding, accepting, stopping.
#include "localdc/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace mtproto::localdc {
namespace {

// When the process has no descriptor left, accepting again at once would spin.
constexpr duration accept_pause = std::chrono::milliseconds(100);

}  // namespace

outcome<std::unique_ptr<io::acceptor>> server::listen(int number) {
    const local_dc_options& options = world_->options;
    const io::endpoint where{options.host, options.port == 0
                                               ? std::uint16_t{0}
                                               : static_cast<std::uint16_t>(options.port + number)};
    auto made = world_->env.net->listen(where);
    if (!made)
        return failure(errc::connection_failed,
                       "cannot listen on " + io::to_string(where) + ": " + made.error().message());
    return std::move(*made);
}

outcome<void> server::start() {
    int number = 0;
    for (data_centre& dc : world_->dcs) {
        for (const bool media_only : {false, true}) {
            auto listening = listen(number++);
            if (!listening) {
                doors_.clear();
                return listening.error();
            }
            local_dc_info::data_centre& told = world_->info.dcs[static_cast<std::size_t>(dc.id - 1)];
            (media_only ? told.media_port : told.port) = (*listening)->local().port;
            doors_.push_back(std::make_shared<door>(door{std::move(*listening), &dc}));
        }
    }
    for (const std::shared_ptr<door>& each : doors_)
        boost::asio::co_spawn(world_->env.executor, accept_loop(shared_from_this(), each),
                              boost::asio::detached);
    return {};
}

void server::stop() noexcept {
    stopped_ = true;
    for (const std::shared_ptr<door>& each : doors_)
        each->listening->close();
    for (connection* each : connections_)
        each->close();
}

io::awaitable<void> server::accept_loop(std::shared_ptr<server> self, std::shared_ptr<door> at) {
    while (!self->stopped_) {
        auto stream = co_await at->listening->accept();
        if (self->stopped_) co_return;
        if (!stream) {
            if (!co_await self->world_->env.time->sleep_for(accept_pause)) co_return;
            continue;
        }
        const traffic::fault* fault = self->world_->faults.strike("connect");
        if (fault && fault->kind == traffic::fault_kind::close) continue;
        auto client = std::make_shared<connection>(self->world_, *at->dc, std::move(*stream));
        if (fault && fault->kind == traffic::fault_kind::silence) client->fall_silent();
        boost::asio::co_spawn(self->world_->env.executor, serve(self, std::move(client)),
                              boost::asio::detached);
    }
}

io::awaitable<void> server::serve(std::shared_ptr<server> self, std::shared_ptr<connection> client) {
    struct registered {
        std::set<connection*>& all;
        connection* one;
        ~registered() { all.erase(one); }
    };
    self->connections_.insert(client.get());
    const registered until_the_end{self->connections_, client.get()};
    co_await connection::run(client);
}

}  // namespace mtproto::localdc
