// Ends streams with their client, and waits for the last of its objects.
#include "client/client_lifetime.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace mtproto::core {

void client_lifetime::add(client_dependent& stream) {
    if (ended_)
        stream.client_ended(*ended_);
    else
        streams_.push_back(&stream);
}

void client_lifetime::remove(client_dependent& stream) noexcept {
    std::erase(streams_, &stream);
}

void client_lifetime::end(const failure& why) noexcept {
    if (ended_) return;
    ended_ = why;
    for (client_dependent* stream : std::exchange(streams_, {}))
        stream->client_ended(*ended_);
}

struct client_lifetime::release {
    release(std::shared_ptr<const void> held, std::weak_ptr<client_lifetime> told)
        : what(std::move(held)), lifetime(std::move(told)) {}
    release(const release&) = delete;
    release& operator=(const release&) = delete;
    ~release() {
        what.reset();
        const std::shared_ptr<client_lifetime> told = lifetime.lock();
        if (!told) return;
        told->held_ = false;
        if (const auto timer = told->waiting_.lock()) timer->cancel();
    }

    std::shared_ptr<const void> what;
    std::weak_ptr<client_lifetime> lifetime;
};

std::shared_ptr<const void> client_lifetime::released_last(std::shared_ptr<const void> what) {
    held_ = true;
    return std::make_shared<const release>(std::move(what), weak_from_this());
}

io::awaitable<outcome<void>> client_lifetime::wait_until_released(std::shared_ptr<client_lifetime> self) {
    if (!self->held_) co_return outcome<void>{};
    // Theirs alone: a timer must not outlive its executor, and a client may.
    std::shared_ptr<io::asio::steady_timer> timer = self->waiting_.lock();
    if (!timer) timer = std::make_shared<io::asio::steady_timer>(self->executor_, patience);
    self->waiting_ = timer;
    const auto [ended] = co_await timer->async_wait(io::asio::as_tuple(io::asio::use_awaitable));
    const bool cancelled = self->held_ && ended;
    co_return cancelled ? outcome<void>(errc::cancelled) : outcome<void>{};
}

}  // namespace mtproto::core
