// The end of a client: the calls and streams that end with it, and the wait until nothing of it runs.
#pragma once

#include "io/awaitable.hpp"
#include "io/exception_holder.hpp"

#include <mtproto/error.hpp>

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace mtproto::core {

/// Ends with the client that it was opened over.
class client_dependent {
  public:
    virtual void client_ended(const failure& why) noexcept = 0;

  protected:
    ~client_dependent() = default;
};

/// Shared by a client and its streams, either of which may go first. Not thread safe.
class client_lifetime : public std::enable_shared_from_this<client_lifetime> {
  public:
    explicit client_lifetime(io::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    const io::asio::any_io_executor& executor() const noexcept { return executor_; }

    /// At once when the client has ended.
    void add(client_dependent& stream);
    void remove(client_dependent& stream) noexcept;
    /// Ends all that depend on the client. The first reason stays.
    void end(const failure& why) noexcept;
    const std::optional<failure>& ended() const noexcept { return ended_; }

    /// Of the callbacks, store and log that the client was given.
    void set_exceptions(std::shared_ptr<io::exception_holder> of_client) {
        exceptions_ = std::move(of_client);
    }
    const std::shared_ptr<io::exception_holder>& exceptions() const noexcept { return exceptions_; }

    /// `what`, and wait_until_released() waits until the last copy of it is gone. Once.
    std::shared_ptr<const void> released_last(std::shared_ptr<const void> what);
    /// For so long at most: something that the caller has may hold it.
    static constexpr std::chrono::seconds patience{5};
    static io::awaitable<outcome<void>> wait_until_released(std::shared_ptr<client_lifetime> self);

    /// A call of the client, as its caller sees it: not begun after the client's end; exceptions of the
    /// embedder's code first; the reason of the end in place of a closed connection.
    template <class T>
    static io::awaitable<outcome<T>> checked(std::shared_ptr<client_lifetime> self,
                                             io::awaitable<outcome<T>> call) {
        self->exceptions_->throw_once();
        if (self->ended_) co_return *self->ended_;
        outcome<T> answer = co_await std::move(call);
        self->exceptions_->throw_once();
        if (!answer && self->ended_ && answer.error().code == errc::connection_closed)
            co_return *self->ended_;
        co_return answer;
    }

  private:
    struct release;

    io::asio::any_io_executor executor_;
    std::shared_ptr<io::exception_holder> exceptions_ = std::make_shared<io::exception_holder>();
    std::vector<client_dependent*> streams_;
    std::optional<failure> ended_;
    bool held_ = false;                              ///< released_last()'s
    std::weak_ptr<io::asio::steady_timer> waiting_;  ///< of those in wait_until_released()
};

}  // namespace mtproto::core
