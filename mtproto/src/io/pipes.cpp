// Two byte queues make a connection.
#include "io/pipes.hpp"

#include "io/event.hpp"

#include <algorithm>
#include <deque>
#include <memory>

namespace mtproto::io {
namespace {

// One direction of a connection.
struct channel {
    channel(const asio::any_io_executor& executor, std::size_t capacity)
        : limit(capacity), changed(executor) {}

    std::size_t limit;
    event changed;
    std::deque<std::byte> unread;
    bool closed = false;  // by either end

    void close() {
        closed = true;
        changed.notify();
    }
};

class pipe_stream final : public stream {
  public:
    pipe_stream(std::shared_ptr<channel> in, std::shared_ptr<channel> out)
        : in_(std::move(in)), out_(std::move(out)) {}
    ~pipe_stream() override { pipe_stream::close(); }

    awaitable<result<std::size_t>> read_some(byte_span into) override {
        const std::shared_ptr<channel> in = in_;
        while (in->unread.empty()) {
            if (closed_here_) co_return errc::connection_closed;
            if (in->closed) co_return std::size_t{0};
            const auto woken = co_await in->changed.wait();
            if (!woken) co_return woken.error();
        }
        const std::size_t count = std::min(into.size(), in->unread.size());
        const auto end = in->unread.begin() + static_cast<std::ptrdiff_t>(count);
        std::copy(in->unread.begin(), end, into.begin());
        in->unread.erase(in->unread.begin(), end);
        in->changed.notify();
        co_return count;
    }

    awaitable<result<void>> write(std::span<const byte_view> parts) override {
        const std::shared_ptr<channel> out = out_;
        for (byte_view rest : parts) {
            while (!rest.empty()) {
                if (out->closed) co_return errc::connection_closed;
                const std::size_t room = out->limit - std::min(out->limit, out->unread.size());
                if (room == 0) {
                    const auto woken = co_await out->changed.wait();
                    if (!woken) co_return woken.error();
                    continue;
                }
                const byte_view now = rest.first(std::min(room, rest.size()));
                out->unread.insert(out->unread.end(), now.begin(), now.end());
                rest = rest.subspan(now.size());
                out->changed.notify();
            }
        }
        co_return result<void>{};
    }

    void end_writing() noexcept override { out_->close(); }

    void close() noexcept override {
        if (closed_here_) return;
        closed_here_ = true;
        in_->unread.clear();
        in_->close();
        out_->close();
    }

  private:
    std::shared_ptr<channel> in_;
    std::shared_ptr<channel> out_;
    bool closed_here_ = false;
};

}  // namespace

class pipe_acceptor final : public acceptor {
  public:
    pipe_acceptor(pipe_network& network, endpoint where)
        : network_(network), where_(std::move(where)), changed_(network.executor_) {
        network_.listening_[to_string(where_)] = this;
    }
    ~pipe_acceptor() override { pipe_acceptor::close(); }

    awaitable<result<std::unique_ptr<stream>>> accept() override {
        while (waiting_.empty()) {
            if (closed_) co_return errc::connection_closed;
            const auto woken = co_await changed_.wait();
            if (!woken) co_return woken.error();
        }
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        co_return next;
    }

    endpoint local() const override { return where_; }

    void close() noexcept override {
        if (closed_) return;
        closed_ = true;
        network_.listening_.erase(to_string(where_));
        waiting_.clear();
        changed_.notify();
    }

    void offer(std::unique_ptr<stream> incoming) {
        waiting_.push_back(std::move(incoming));
        changed_.notify();
    }

  private:
    pipe_network& network_;
    endpoint where_;
    event changed_;
    std::deque<std::unique_ptr<stream>> waiting_;
    bool closed_ = false;
};

std::pair<std::unique_ptr<stream>, std::unique_ptr<stream>> pipe_network::make_pair() {
    auto there = std::make_shared<channel>(executor_, capacity_);
    auto back = std::make_shared<channel>(executor_, capacity_);
    return {std::make_unique<pipe_stream>(back, there), std::make_unique<pipe_stream>(there, back)};
}

awaitable<result<std::unique_ptr<stream>>> pipe_network::connect(const endpoint& where) {
    const auto found = listening_.find(to_string(where));
    if (found == listening_.end()) co_return errc::connection_failed;
    auto [near_end, far_end] = make_pair();
    found->second->offer(std::move(far_end));
    co_return std::move(near_end);
}

result<std::unique_ptr<acceptor>> pipe_network::listen(const endpoint& where) {
    endpoint chosen = where;
    if (chosen.port == 0) chosen.port = next_port_++;
    if (listening_.contains(to_string(chosen))) return errc::connection_failed;
    return std::make_unique<pipe_acceptor>(*this, chosen);
}

}  // namespace mtproto::io
