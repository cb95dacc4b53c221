// The public class: throws what its account returns.
#include "client/account_connections.hpp"
#include "client/client_lifetime.hpp"
#include "io/edge.hpp"
#include "io/sockets.hpp"
#include "io/workers.hpp"
#include "net/within.hpp"

#include <mtproto/client.hpp>

#include <boost/asio/execution/occupancy.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace mtproto {
namespace {

namespace asio = boost::asio;

/// One hashes faster than eight lines of Telegram's can bring.
constexpr int worker_threads = 1;

/// The system's sockets and clocks.
struct system_environment {
    explicit system_environment(const asio::any_io_executor& executor)
        : network(executor), timers(executor) {}

    io::socket_network network;
    io::machine_timers timers;
};

/// The executor of a pool tells that it runs several handlers at a time; that of an io_context does not.
void check_runs_one_handler(const asio::any_io_executor& executor) {
    const auto* pool = executor.target<asio::thread_pool::executor_type>();
    if (pool != nullptr && asio::query(*pool, asio::execution::occupancy) > 1)
        throw error(
            failure(errc::bad_argument,
                    "a client needs an executor that runs one handler at a time: a strand of the pool"));
}

std::shared_ptr<core::account_connections> on_machine(const asio::any_io_executor& executor, config settings,
                                                      core::client_lifetime& lifetime) {
    check_runs_one_handler(executor);
    const auto here = std::make_shared<system_environment>(executor);
    random_source& random = settings.random ? *settings.random : system_random();
    io::environment where(executor, here->network, here->timers, random, settings.log);
    where.compute = std::make_shared<io::workers>(worker_threads);
    return core::account_connections::make(std::move(where), std::move(settings),
                                           lifetime.released_last(here));
}

/// What ends the account ends all that the client's lifetime ends, with the same reason.
void join(core::account_connections& account, const std::shared_ptr<core::client_lifetime>& lifetime) {
    lifetime->set_exceptions(account.exceptions());
    account.on_end([weak = std::weak_ptr(lifetime)](const failure& why) {
        if (const auto told = weak.lock()) told->end(why);
    });
}

template <class T>
io::awaitable<outcome<T>> not_begun() {
    co_return failure(errc::connection_closed);
}

/// `start` makes a call of the account, which is none once the client is closed.
template <class T, class Start>
asio::awaitable<T> call_of(const std::shared_ptr<core::client_lifetime>& lifetime,
                           const std::shared_ptr<core::account_connections>& account, Start start) {
    return io::at_the_edge(
        core::client_lifetime::checked(lifetime, account ? start(account) : not_begun<T>()));
}

/// Questions whose exceptions come out of client::login as they are.
class guarded_login_ui final : public login_ui {
  public:
    explicit guarded_login_ui(login_ui& ui) : ui_(ui) {}

    io::awaitable<std::optional<std::string>> phone_number() override {
        return ask([this] { return ui_.phone_number(); });
    }
    io::awaitable<std::optional<std::string>> code(const code_info& about) override {
        return ask([this, &about] { return ui_.code(about); });
    }
    io::awaitable<std::optional<std::string>> password(const std::string& hint) override {
        return ask([this, &hint] { return ui_.password(hint); });
    }
    io::awaitable<code_answer> answer_code(const code_info& about) override {
        return ask([this, &about] { return ui_.answer_code(about); });
    }
    io::awaitable<password_answer> answer_password(const password_info& about) override {
        return ask([this, &about] { return ui_.answer_password(about); });
    }
    io::awaitable<std::optional<std::string>> recovery_code(const std::string& pattern) override {
        return ask([this, &pattern] { return ui_.recovery_code(pattern); });
    }
    io::awaitable<std::optional<std::string>> email() override {
        return ask([this] { return ui_.email(); });
    }
    io::awaitable<token_answer> show(const login_token& shown) override {
        return ask([this, &shown] { return ui_.show(shown); });
    }
    void wrong(const std::string& why) override {
        try {
            ui_.wrong(why);
        } catch (...) {
            throw io::foreign_exception{std::current_exception()};
        }
    }

  private:
    template <class Question>
    static auto ask(Question question) -> decltype(question()) {
        try {
            return io::as_foreign(question());
        } catch (...) {
            throw io::foreign_exception{std::current_exception()};
        }
    }

    login_ui& ui_;
};

io::awaitable<outcome<account>> log_in(std::shared_ptr<core::account_connections> account, login_ui& ui,
                                       login_options options) {
    guarded_login_ui guarded(ui);
    co_return co_await account->login(guarded, std::move(options));
}

io::awaitable<outcome<void>> log_out(std::shared_ptr<core::account_connections> account,
                                     std::shared_ptr<core::client_lifetime> lifetime) {
    const outcome<void> done = co_await account->logout();
    // A session that could not be removed is no login any more either.
    if (done || done.error().code == errc::session_file)
        lifetime->end(failure(errc::not_authorized, "logged out; make another client for another login"));
    co_return done;
}

/// Keeps the name, and the account's timers, while it waits.
io::awaitable<outcome<bytes>> call_by_name(std::shared_ptr<core::account_connections> account, bytes request,
                                           std::string method, call_options options) {
    core::call_options sent(options.dc);
    sent.idempotent = options.idempotent.value_or(is_idempotent(method));
    io::awaitable<outcome<bytes>> answer = account->call(std::move(request), method, sent);
    if (!options.timeout) co_return co_await std::move(answer);
    io::timers& time = *account->environment().time;
    const duration left = std::min(*options.timeout, time_point::max() - time.now());
    outcome<bytes> timed = co_await net::within(time, time.now() + left, std::move(answer));
    if (!timed && timed.error().code == errc::timed_out && timed.error().method.empty()) {
        failure late(errc::timed_out, "call_options::timeout is over");
        late.method = method;
        late.dc = options.dc;
        co_return late;
    }
    co_return timed;
}

}  // namespace

client::client(executor_type executor, config settings)
    : lifetime_(std::make_shared<core::client_lifetime>(executor)),
      account_(on_machine(executor, std::move(settings), *lifetime_)) {
    join(*account_, lifetime_);
}

client::client(std::shared_ptr<core::account_connections> account)
    : lifetime_(std::make_shared<core::client_lifetime>(account->environment().executor)),
      account_(std::move(account)) {
    join(*account_, lifetime_);
}

client::client(client&&) noexcept = default;

client& client::operator=(client&& other) noexcept {
    if (this == &other) return *this;
    end();
    lifetime_ = std::move(other.lifetime_);
    account_ = std::move(other.account_);
    return *this;
}

client::~client() {
    end();
}

void client::end() noexcept {
    if (lifetime_) lifetime_->end(failure(errc::connection_closed, "the client was closed"));
    if (const std::shared_ptr<core::account_connections> account = std::exchange(account_, nullptr))
        account->close();
}

client::executor_type client::get_executor() const noexcept {
    return lifetime_->executor();
}

asio::awaitable<void> client::connect() {
    return call_of<void>(lifetime_, account_, [](const auto& of) { return of->connect(); });
}

asio::awaitable<bool> client::authorized() {
    return call_of<bool>(lifetime_, account_, [](const auto& of) { return of->authorized(); });
}

asio::awaitable<account> client::login(login_ui& ui, login_options options) {
    return call_of<account>(lifetime_, account_,
                            [&](const auto& of) { return log_in(of, ui, std::move(options)); });
}

asio::awaitable<account> client::login_bot(std::string token) {
    return call_of<account>(lifetime_, account_,
                            [&](const auto& of) { return of->login_bot(std::move(token)); });
}

asio::awaitable<void> client::logout() {
    return call_of<void>(lifetime_, account_, [&](const auto& of) { return log_out(of, lifetime_); });
}

asio::awaitable<void> client::close() {
    end();
    return io::at_the_edge(core::client_lifetime::wait_until_released(lifetime_));
}

asio::awaitable<bytes> client::call_raw(bytes request, std::string method, call_options options) {
    return call_of<bytes>(lifetime_, account_, [&](const auto& of) {
        return call_by_name(of, std::move(request), std::move(method), options);
    });
}

void client::throw_undecodable(boost::system::error_code why, std::string_view method) {
    throw error(core::undecodable(why, method));
}

}  // namespace mtproto
