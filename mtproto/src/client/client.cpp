// The public class: throws what its account returns.
#include "client/requests.hpp"
#include "io/edge.hpp"
#include "io/sockets.hpp"
#include "io/workers.hpp"

#include <mtproto/client.hpp>

namespace mtproto {
namespace {

/// One hashes faster than eight lines of Telegram's can bring.
constexpr int worker_threads = 1;

/// The system's sockets and clocks.
struct system_environment {
    explicit system_environment(const boost::asio::any_io_executor& executor)
        : network(executor), timers(executor) {}

    io::socket_network network;
    io::machine_timers timers;
};

std::shared_ptr<core::account_connections> on_machine(boost::asio::any_io_executor executor,
                                                      config settings) {
    const auto here = std::make_shared<system_environment>(executor);
    random_source& random = settings.random ? *settings.random : system_random();
    io::environment where(std::move(executor), here->network, here->timers, random, settings.log);
    where.compute = std::make_shared<io::workers>(worker_threads);
    return core::account_connections::make(std::move(where), std::move(settings), here);
}

/// Keeps the name while it waits.
io::awaitable<outcome<bytes>> call_by_name(core::account_connections& where, bytes request,
                                           std::string method) {
    core::call_options how;
    how.idempotent = core::is_read(method);
    co_return co_await where.call(std::move(request), method, how);
}

}  // namespace

client::client(boost::asio::any_io_executor executor, config settings)
    : runtime_(on_machine(std::move(executor), std::move(settings))) {}

client::client(std::shared_ptr<core::account_connections> runtime) noexcept : runtime_(std::move(runtime)) {}

client::client(client&&) noexcept = default;

client& client::operator=(client&& other) noexcept {
    if (runtime_ && runtime_ != other.runtime_) runtime_->close();
    runtime_ = std::move(other.runtime_);
    return *this;
}

client::~client() {
    if (runtime_) runtime_->close();
}

boost::asio::any_io_executor client::get_executor() const {
    return runtime_->environment().executor;
}

boost::asio::awaitable<void> client::connect() {
    return io::at_the_edge(runtime_->connect());
}

boost::asio::awaitable<bool> client::authorized() {
    return io::at_the_edge(runtime_->authorized());
}

boost::asio::awaitable<account> client::login(login_ui& ui) {
    return io::at_the_edge(runtime_->login(ui));
}

boost::asio::awaitable<account> client::login_bot(std::string token) {
    return io::at_the_edge(runtime_->login_bot(std::move(token)));
}

boost::asio::awaitable<void> client::logout() {
    return io::at_the_edge(runtime_->logout());
}

boost::asio::awaitable<bytes> client::call_raw(bytes request, std::string method) {
    return io::at_the_edge(call_by_name(*runtime_, std::move(request), std::move(method)));
}

void client::throw_undecodable(boost::system::error_code why, std::string_view method) {
    throw error(core::undecodable(why, method));
}

}  // namespace mtproto
