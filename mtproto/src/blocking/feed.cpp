// One coroutine looks what is to be done; another one, which it can cancel, fetches.
#include "blocking/feed.hpp"

#include "io/event.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace mtproto::blocking {
namespace {

/// Bytes that wait for the thread; the stream behind has a read-ahead of its own.
constexpr std::size_t most_ready = 1u << 20;

/// What could not be opened.
class unopened final : public input {
  public:
    explicit unopened(std::exception_ptr why) : why_(std::move(why)) {}
    boost::asio::awaitable<std::optional<chunk>> next() override { std::rethrow_exception(why_); }
    void seek(std::int64_t) override {}
    std::int64_t size() const override { return 0; }

  private:
    std::exception_ptr why_;
};

/// Held by its coroutines alone, which go with the executor.
class feeder : public std::enable_shared_from_this<feeder> {
  public:
    feeder(io::asio::any_io_executor executor, std::int64_t begin, std::int64_t end)
        : executor_(std::move(executor)),
          rung_(std::make_shared<io::event>(executor_)),
          bell_(std::make_shared<doorbell>(executor_, [rung = rung_] { rung->notify(); })),
          queue_(std::make_shared<input_queue>(bell_, begin, end, most_ready)) {}
    ~feeder() { queue_->abandon(); }
    feeder(const feeder&) = delete;
    feeder& operator=(const feeder&) = delete;

    const std::shared_ptr<input_queue>& queue() const noexcept { return queue_; }

    static io::awaitable<void> run(std::shared_ptr<feeder> self, opening open) {
        // Whoever has stopped it already may have let go of what is opened.
        if (!self->queue_->stopped()) self->open(open);
        while (self->do_next()) {
            const result<void> rung = co_await self->rung_->wait();
            if (!rung) break;
        }
        self->cancel_.emit(io::asio::cancellation_type::terminal);
    }

  private:
    void open(const opening& how) {
        try {
            input_ = how();
        } catch (...) {
            input_ = std::make_unique<unopened>(std::current_exception());
        }
    }

    /// Does what can be done at once; false at the end.
    bool do_next() {
        bell_->arm();
        if (fetching_) {  // its end wakes this again
            if (!queue_->wants(*fetching_)) cancel_.emit(io::asio::cancellation_type::terminal);
            return !queue_->stopped();
        }
        input_queue::instruction todo = queue_->next_task();
        if (todo.kind == input_queue::task::seek) {
            input_->seek(todo.offset);
            todo = queue_->next_task();
        }
        if (todo.kind == input_queue::task::fetch) {
            fetching_ = todo.generation;
            io::asio::co_spawn(executor_, fetch(shared_from_this(), todo.generation),
                               io::asio::bind_cancellation_slot(cancel_.slot(), io::asio::detached));
        }
        return todo.kind != input_queue::task::stop;
    }

    static io::awaitable<void> fetch(std::shared_ptr<feeder> self, std::uint64_t generation) {
        input_queue& queue = *self->queue_;
        try {
            // It may have been cancelled before it began.
            if (queue.wants(generation)) {
                std::optional<chunk> got = co_await self->input_->next();
                std::optional<bytes> data;
                if (got) data = std::move(got->data);
                queue.push(generation, std::move(data));
            }
        } catch (const error& wrong) {
            queue.fail(generation, wrong.info());
        } catch (...) {
            queue.fail(generation, failure(errc::cancelled), std::current_exception());
        }
        self->fetching_.reset();
        self->bell_->ring();
    }

    const io::asio::any_io_executor executor_;
    const std::shared_ptr<io::event> rung_;
    const std::shared_ptr<doorbell> bell_;
    const std::shared_ptr<input_queue> queue_;
    std::unique_ptr<input> input_;
    std::optional<std::uint64_t> fetching_;  ///< the generation of the fetch under way
    io::asio::cancellation_signal cancel_;
};

}  // namespace

std::shared_ptr<input_queue> feed(const io::asio::any_io_executor& executor, std::int64_t begin,
                                  std::int64_t end, opening open) {
    const auto made = std::make_shared<feeder>(executor, begin, end);
    io::asio::co_spawn(executor, feeder::run(made, std::move(open)), io::asio::detached);
    return made->queue();
}

}  // namespace mtproto::blocking
