// Puts the parts of an account together, begins and ends their work.
#include "client/connected_account.hpp"

#include "client/dc_connection.hpp"
#include "client/destroy_keys.hpp"
#include "client/guarded_store.hpp"
#include "client/login.hpp"
#include "io/workers.hpp"

#include <mtproto/tl_api.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace mtproto::core {

std::shared_ptr<account_connections> account_connections::make(io::environment environment, config settings,
                                                               std::shared_ptr<const void> alive,
                                                               account_options options) {
    const auto exceptions = std::make_shared<io::exception_holder>();
    environment.log = io::caught_by(exceptions, std::move(environment.log));
    settings.on_wait = io::caught_by(exceptions, std::move(settings.on_wait));
    if (settings.session)
        settings.session = std::make_shared<guarded_store>(std::move(settings.session), exceptions);
    const std::shared_ptr<account_connections> made = std::make_shared<connected_account>(
        std::move(environment), std::move(settings), std::move(alive), options);
    made->exceptions_ = exceptions;
    return made;
}

connected_account::connected_account(io::environment environment, config settings,
                                     std::shared_ptr<const void> alive, account_options options)
    : state_(std::make_shared<account_state>(std::move(environment), std::move(settings), std::move(alive),
                                             options)),
      sharing_(state_),
      configuration_(*state_, requests_,
                     [this] {
                         cdns_.set_addresses();
                         pool_.set_addresses();
                     }),
      pool_(state_),
      cdns_(*state_, configuration_, requests_),
      floods_(*state_),
      authorizations_(*state_, configuration_, pool_, floods_, requests_),
      requests_(*state_, configuration_, pool_, authorizations_, floods_) {}

connected_account::~connected_account() {
    connected_account::close();
}

void connected_account::close() noexcept {
    if (state_->lifetime.closed()) return;
    state_->lifetime.close();
    lease_.end();
    sharing_.end();
    state_->waits->close();
    if (const auto& compute = state_->environment().compute) compute->stop();
    cdns_.close();
    pool_.close();
}

io::awaitable<outcome<void>> connected_account::connect() {
    const auto self = shared_from_this();
    if (state_->lifetime.closed()) co_return errc::connection_closed;
    if (!state_->lifetime.connected()) {
        if (outcome<void> loaded = state_->load(); !loaded) co_return loaded;
        lease_.begin(state_->settings.session->lease(), state_->environment().executor,
                     [weak = weak_from_this()](lease_state to, const failure& why) {
                         if (const auto self = weak.lock()) self->lease_changed(to, why);
                     });
        sharing_.begin();
        state_->on_wrong_dc = [weak = weak_from_this()] {
            const auto self = weak.lock();
            if (!self || !self->configuration_.expire()) return;
            io::asio::co_spawn(self->environment().executor, refresh_if_due(self), io::asio::detached);
        };
        state_->lifetime.set_connected();
    }
    co_return co_await configuration_.refresh();
}

/// A lease that is lost ends the account: another may use its keys from now on.
void connected_account::lease_changed(lease_state to, const failure& why) {
    if (state_->lifetime.closed()) return;
    if (to == lease_state::held) state_->log(log_level::info, "the lease on the account is renewed again");
    if (to == lease_state::at_risk)
        state_->log(log_level::warning, "the lease on the account cannot be renewed (" + why.message() +
                                            "): what runs goes on until it ends");
    if (to != lease_state::lost) return;
    state_->log(log_level::error, why.message());
    tell_end(why);
    close();
}

io::awaitable<void> connected_account::refresh_if_due(std::shared_ptr<connected_account> self) {
    co_await self->configuration_.refresh_if_due();
}

io::awaitable<outcome<bytes>> connected_account::call(bytes request, std::string_view method,
                                                      call_options options) {
    const auto self = shared_from_this();
    const std::string name(method);
    co_await configuration_.refresh_if_due();
    if (options.dc != 0) {
        const outcome<void> authorized = co_await authorizations_.ensure(options.dc);
        if (!authorized) co_return authorized.error();
    }
    co_return co_await requests_.call(request, name, options);
}

io::awaitable<outcome<account>> connected_account::login(login_ui& ui, login_options options) {
    const auto self = shared_from_this();
    if (const outcome<void> may = may_log_in(); !may) co_return may.error();
    login_site site = site_of_login();
    outcome<granted> login = co_await log_in(site, ui, std::move(options));
    co_return store_login(std::move(login));
}

io::awaitable<outcome<account>> connected_account::login_bot(std::string token) {
    const auto self = shared_from_this();
    if (const outcome<void> may = may_log_in(); !may) co_return may.error();
    login_site site = site_of_login();
    outcome<granted> login = co_await log_in_bot(site, std::move(token));
    co_return store_login(std::move(login));
}

login_site connected_account::site_of_login() {
    return {
        .home = *this,
        .api = state_->settings.api,
        .environment = state_->environment(),
        .news = state_->news,
        .server_time =
            [this] { return state_->environment().time->unix_now() + pool_.at(home()).key().time_offset(); },
        .sleep_until = [this](time_point when) { return state_->lifetime.sleep_until(when); },
        .move_home = [this](int dc) { return move_home(dc); },
        .future_tokens = state_->session.future_tokens()};
}

io::awaitable<outcome<void>> connected_account::move_home(int dc) {
    const outcome<void> known = co_await configuration_.require(dc);
    if (known) state_->session.home_moved(dc);
    co_return known;
}

/// Another login would take the place of the one that is kept, and leave that on the server.
outcome<void> connected_account::may_log_in() const {
    if (state_->session.logged_in())
        return failure(errc::bad_argument, "somebody is logged in already; logout() ends that");
    return {};
}

outcome<account> connected_account::store_login(outcome<granted> login) {
    if (!login) return login.error();
    authorizations_.logged_in();
    const account& who = login->who;
    const outcome<void> stored = state_->session.logged_in(who.user_id, who.bot, login->future_token);
    sharing_.begin();
    if (!stored) return stored.error();
    return who;
}

io::awaitable<outcome<bool>> connected_account::authorized() {
    const auto self = shared_from_this();
    if (!state_->lifetime.connected()) co_return failure(errc::not_connected, "connect() comes first");
    if (!state_->session.logged_in()) co_return false;
    tl::users::getUsers request;
    request.id.emplace_back(tl::inputUserSelf{});
    const bytes encoded = tl::encode(request);
    const outcome<bytes> answer = co_await call(encoded, tl::users::getUsers::tl_name, call_options());
    if (answer) co_return true;
    if (answer.error().code == make_error_code(errc::not_authorized)) co_return false;
    co_return answer.error();
}

io::awaitable<outcome<void>> connected_account::logout() {
    const auto self = shared_from_this();
    const tl::auth::logOut request{};
    const bytes encoded = tl::encode(request);
    call_options once;
    once.idempotent = false;
    const outcome<bytes> answer = co_await call(encoded, tl::auth::logOut::tl_name, once);
    if (!answer && answer.error().code != make_error_code(errc::not_authorized)) co_return answer.error();
    // The keys stand for nothing any more: none is used again.
    co_await destroy_keys(*state_);
    const outcome<void> removed = state_->session.logged_out();
    pool_.forget_keys();
    close();
    co_return removed;
}

io::awaitable<outcome<std::shared_ptr<file_connection>>> connected_account::connection_for_files(int dc,
                                                                                                 int index) {
    const auto self = shared_from_this();
    if (const outcome<void> known = co_await configuration_.require(dc); !known) co_return known.error();
    data_centre& centre = pool_.at(dc);
    centre.end_rest();
    std::shared_ptr<file_connection>& slot = file_connections_[{dc, index}];
    if (!slot) {
        slot = std::make_shared<dc_connection>(weak_from_this(), dc, index);
        centre.carrier(index)->start();  // connects while the authorization is imported
    }
    const std::shared_ptr<file_connection> connection = slot;
    if (const outcome<void> may = co_await authorizations_.ensure(dc); !may) co_return may.error();
    co_return connection;
}

io::awaitable<outcome<std::shared_ptr<file_connection>>> connected_account::connection_to_cdn(int dc,
                                                                                              int index) {
    const auto self = shared_from_this();
    co_return co_await cdns_.connection(dc, index);
}

io::awaitable<bool> connected_account::look_elsewhere(int dc) {
    const auto self = shared_from_this();
    co_return co_await pool_.at(dc).look_elsewhere();
}

}  // namespace mtproto::core
