// The public class: opens streams over accounts, and throws what they return.
#include "client/client_lifetime.hpp"
#include "download/open.hpp"
#include "io/edge.hpp"
#include "pool/account_pool.hpp"
#include "pool/pool_stream.hpp"

#include <mtproto/pool.hpp>

#include <algorithm>
#include <utility>

namespace mtproto {
namespace {

namespace asio = boost::asio;

failure closed() {
    return {errc::connection_closed, "the pool was closed"};
}

template <class T>
io::awaitable<outcome<T>> not_begun() {
    co_return closed();
}

io::awaitable<outcome<void>> close_all(std::vector<client> all) {
    for (client& one : all)
        co_await one.close();
    co_return outcome<void>();
}

}  // namespace

pool::pool(executor_type executor, pool_options options)
    : executor_(executor),
      accounts_(std::make_shared<pooling::account_pool>(std::move(executor), std::move(options))) {}

pool::pool(pool&&) noexcept = default;

pool& pool::operator=(pool&& other) noexcept {
    if (this == &other) return *this;
    end();
    executor_ = std::move(other.executor_);
    accounts_ = std::move(other.accounts_);
    return *this;
}

pool::~pool() {
    end();
}

void pool::end() noexcept {
    if (const auto gone = std::exchange(accounts_, nullptr)) gone->end(closed());
}

pool::executor_type pool::get_executor() const noexcept {
    return executor_;
}

void pool::add(std::string name, client account, bool premium, std::shared_ptr<const void> lease) {
    if (!accounts_) throw error(closed());
    if (!account.account_) throw error(failure(errc::bad_argument, "the client is closed"));
    const auto& all = accounts_->members();
    if (std::any_of(all.begin(), all.end(), [&](const auto& one) { return one->name == name; }))
        throw error(failure(errc::bad_argument, "the pool has an account " + name + " already"));
    const auto inside = account.account_;
    auto made = std::make_shared<pooling::member>(static_cast<int>(all.size()), std::move(name),
                                                  std::move(account), inside);
    made->premium = premium;
    made->lease = std::move(lease);
    accounts_->add(std::move(made));
}

void pool::remove(const std::string& name) {
    if (!accounts_) return;
    if (pooling::member* const one = accounts_->find(name))
        accounts_->leave(*one, failure(errc::cancelled, "it was taken out of the pool"));
}

client* pool::find(const std::string& name) noexcept {
    pooling::member* const one = accounts_ ? accounts_->find(name) : nullptr;
    return one ? &*one->tg : nullptr;
}

std::vector<pool_account> pool::accounts() const {
    std::vector<pool_account> made;
    if (!accounts_) return made;
    for (const auto& one : accounts_->members())
        made.push_back(one->as_told(accounts_->now()));
    return made;
}

asio::awaitable<media> pool::resolve(std::string link) {
    if (!accounts_) return io::at_the_edge(not_begun<media>());
    return io::at_the_edge(core::client_lifetime::checked(
        accounts_->lifetime(), pooling::account_pool::resolve(accounts_, std::move(link))));
}

asio::awaitable<std::vector<file_hash>> pool::hashes(media file, byte_range range) {
    if (!accounts_) return io::at_the_edge(not_begun<std::vector<file_hash>>());
    return io::at_the_edge(core::client_lifetime::checked(
        accounts_->lifetime(), pooling::account_pool::hashes(accounts_, std::move(file), range)));
}

byte_stream pool::open(const media& file, byte_range range, stream_options options) {
    if (const outcome<void> sound = download::check(file, range); !sound) throw error(sound.error());
    if (!accounts_) throw error(closed());
    pooling::pool_stream::options wish;
    wish.proof = options.verification.value_or(accounts_->options().verification);
    wish.most_accounts = std::clamp(options.accounts, 1, schedule::most_lanes);
    wish.max_wait = options.max_wait.value_or(accounts_->options().max_wait);
    auto places = pooling::pool_stream::make(accounts_, file, wish);
    if (!places) throw error(places.error());

    const io::environment& here = accounts_->members().front()->account->environment();
    download::shared_services where;
    where.executor = executor_;
    where.time = here.time;
    where.random = here.random;
    where.budget = &accounts_->budget();
    where.max_wait = wish.max_wait;
    where.source = (*places)->first();
    where.places = *places;
    download::document_key key;
    key.id = file.location.id;
    key.photo = file.location.photo;
    key.thumb_size = file.location.thumb_size;
    key.proved = wish.most_accounts > 1 ? verification::all : wish.proof;
    where.file = accounts_->cache().file(key, executor_, file.size);
    download::reader_options how = download::options_of(
        file, range, std::move(options), accounts_->budget().capacity(), accounts_->lifetime());
    return byte_stream(std::make_unique<download::reader>(std::move(where), std::move(how)));
}

asio::awaitable<void> pool::close() {
    std::vector<client> all;
    if (accounts_)
        for (const auto& one : accounts_->members())
            if (one->tg) all.push_back(std::move(*one->tg));
    end();
    return io::at_the_edge(close_all(std::move(all)));
}

}  // namespace mtproto
