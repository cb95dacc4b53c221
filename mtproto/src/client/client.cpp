// The public face: throws what the runtime returns.
#include "client/engine.hpp"
#include "io/sockets.hpp"
#include "io/workers.hpp"

#include <mtproto/client.hpp>

namespace mtproto {
namespace {

/// One hashes faster than eight lines of Telegram's can bring.
constexpr int worker_threads = 1;

/// The machine's sockets and clocks.
struct machine {
    explicit machine(const boost::asio::any_io_executor& executor) : network(executor), timers(executor) {}

    io::socket_network network;
    io::machine_timers timers;
};

std::shared_ptr<core::runtime> on_machine(boost::asio::any_io_executor executor, config settings) {
    const auto here = std::make_shared<machine>(executor);
    random_source& random = settings.random ? *settings.random : system_random();
    io::environment where(std::move(executor), here->network, here->timers, random, settings.log);
    where.compute = std::make_shared<io::workers>(worker_threads);
    return core::runtime::make(std::move(where), std::move(settings), here);
}

template <class T>
T valued(outcome<T> what) {
    if (!what) throw error(what.error());
    return std::move(*what);
}

}  // namespace

client::client(boost::asio::any_io_executor executor, config settings)
    : runtime_(on_machine(std::move(executor), std::move(settings))) {}

client::client(std::shared_ptr<core::runtime> runtime) noexcept : runtime_(std::move(runtime)) {}

client::client(client&&) noexcept = default;

client& client::operator=(client&& other) noexcept {
    if (runtime_ && runtime_ != other.runtime_) runtime_->close();
    runtime_ = std::move(other.runtime_);
    return *this;
}

client::~client() {
    if (runtime_) runtime_->close();
}

boost::asio::awaitable<void> client::connect() {
    if (const outcome<void> done = co_await runtime_->connect(); !done) throw error(done.error());
}

boost::asio::awaitable<bool> client::authorized() {
    outcome<bool> whether = co_await runtime_->authorized();
    co_return valued(std::move(whether));
}

boost::asio::awaitable<account> client::login(login_ui& ui) {
    outcome<account> who = co_await runtime_->login(ui);
    co_return valued(std::move(who));
}

boost::asio::awaitable<account> client::login_bot(std::string token) {
    outcome<account> who = co_await runtime_->login_bot(std::move(token));
    co_return valued(std::move(who));
}

boost::asio::awaitable<void> client::logout() {
    if (const outcome<void> done = co_await runtime_->logout(); !done) throw error(done.error());
}

boost::asio::awaitable<bytes> client::call_raw(bytes request, std::string method) {
    core::call_options how;
    how.idempotent = core::is_read(method);
    outcome<bytes> answer = co_await runtime_->call(std::move(request), method, how);
    co_return valued(std::move(answer));
}

void client::throw_undecodable(boost::system::error_code why, std::string_view method) {
    throw error(core::undecodable(why, method));
}

}  // namespace mtproto
