// sink::remux: feeds the worker while its result is awaited.
#include "remux/bridge.hpp"
#include "remux/file_target.hpp"
#include "remux/fragment_queue.hpp"
#include "remux/input.hpp"
#include "remux/rewrite.hpp"

#include <mtproto/sink/remux.hpp>

#include <boost/asio/this_coro.hpp>

#include <exception>
#include <thread>
#include <utility>

namespace mtproto::sink {
namespace {

using mtproto::remux::bridge;

/// Runs on a thread of its own and owns nothing that others use: the bridge ends it.
void work(bridge& over, mtproto::remux::target& to, bool live, const log_sink& log) {
    try {
        over.finish(mtproto::remux::rewrite(over, to, live, log));
    } catch (const std::exception& wrong) {
        over.finish(failure(errc::remux_failed, wrong.what()));
    }
}

}  // namespace

class remux::state {
  public:
    state(std::unique_ptr<mtproto::remux::input> from, container format, log_sink log)
        : input_(std::move(from)), format_(format), log_(std::move(log)) {}

    ~state() { stop(); }

    boost::asio::awaitable<std::optional<chunk>> next() {
        if (format_ == container::mp4)
            throw error(failure(errc::bad_argument,
                                "a plain MP4 needs a file; use save(), or container::fragmented_mp4"));
        if (!bridge_) {
            start(co_await boost::asio::this_coro::executor);
            target_ = std::make_unique<mtproto::remux::fragment_queue>(*bridge_);
            run();
        }
        co_return co_await serve();
    }

    boost::asio::awaitable<std::filesystem::path> save(std::filesystem::path name, existing_file there) {
        if (bridge_) throw error(failure(errc::bad_argument, "this remux is already in use"));
        start(co_await boost::asio::this_coro::executor);
        auto made = part_file::create(name, there);
        if (!made) throw error(made.error());
        auto to = std::make_unique<mtproto::remux::file_target>(std::move(*made));
        file_ = to.get();
        target_ = std::move(to);
        const stopper at_exit(*this);
        run();
        co_await serve();
        co_return file_->name();
    }

    std::int64_t written() const noexcept { return file_ ? file_->size() : written_; }

  private:
    /// The thread uses the file: it ends before the file is closed and, unless complete, removed.
    struct stopper {
        explicit stopper(state& of) : of_(of) {}
        ~stopper() {
            of_.stop();
            of_.written_ = of_.file_->size();
            of_.file_ = nullptr;
            of_.target_.reset();
        }
        state& of_;
    };

    void start(boost::asio::any_io_executor executor) {
        bridge_ = std::make_shared<bridge>(std::move(executor), input_->size());
    }

    void run() {
        thread_ =
            std::thread([this] { work(*bridge_, *target_, format_ == container::fragmented_mp4, log_); });
    }

    void stop() {
        if (bridge_) bridge_->stop();
        if (thread_.joinable()) thread_.join();
    }

    /// Does what the worker needs until a fragment is there, or all is done.
    boost::asio::awaitable<std::optional<chunk>> serve() {
        for (;;) {
            const bridge::instruction todo = bridge_->next_task();
            switch (todo.what) {
                case bridge::task::deliver: {
                    chunk made;
                    made.offset = written_;
                    made.data = bridge_->take_fragment();
                    written_ += static_cast<std::int64_t>(made.data.size());
                    co_return made;
                }
                case bridge::task::done: {
                    const auto how = bridge_->how_it_ended();
                    if (!how) throw error(how.error());
                    co_return std::nullopt;
                }
                case bridge::task::seek:
                    input_->seek(todo.offset);
                    break;
                case bridge::task::fetch:
                    co_await fetch(todo.generation);
                    break;
                case bridge::task::wait:
                    if (const auto rung = co_await bridge_->changed(); !rung) throw error(rung.error());
                    break;
            }
        }
    }

    boost::asio::awaitable<void> fetch(std::uint64_t generation) {
        try {
            std::optional<chunk> part = co_await input_->next();
            if (part)
                bridge_->push(generation, std::move(part->data));
            else
                bridge_->push(generation, std::nullopt);
        } catch (const error& wrong) {
            // A cancelled wait can be repeated; the input is as it was.
            if (wrong.code() == errc::cancelled) throw;
            bridge_->fail_input(generation, wrong.info());
        }
    }

    std::unique_ptr<mtproto::remux::input> input_;
    const container format_;
    const log_sink log_;
    std::shared_ptr<bridge> bridge_;
    std::unique_ptr<mtproto::remux::target> target_;
    mtproto::remux::file_target* file_ = nullptr;  ///< target_ during save()
    std::int64_t written_ = 0;
    std::thread thread_;
};

remux::remux(byte_stream& from, container format, log_sink log)
    : remux(std::make_unique<mtproto::remux::stream_input>(from), format, std::move(log)) {}
remux::remux(std::unique_ptr<mtproto::remux::input> from, container format, log_sink log)
    : state_(std::make_unique<state>(std::move(from), format, std::move(log))) {}
remux::remux(remux&&) noexcept = default;
remux& remux::operator=(remux&&) noexcept = default;
remux::~remux() = default;

boost::asio::awaitable<std::optional<chunk>> remux::next() {
    return state_->next();
}

boost::asio::awaitable<std::filesystem::path> remux::save(std::filesystem::path target, existing_file there) {
    return state_->save(std::move(target), there);
}

std::int64_t remux::written() const noexcept {
    return state_->written();
}

}  // namespace mtproto::sink
