// sink::remux: feeds the worker while its result is awaited.
#include "blocking/input.hpp"
#include "io/edge.hpp"
#include "remux/access.hpp"
#include "remux/bridge.hpp"
#include "remux/file_target.hpp"
#include "remux/format.hpp"
#include "remux/fragment_queue.hpp"
#include "remux/rewrite.hpp"

#include <mtproto/sink/remux.hpp>

#include <boost/asio/this_coro.hpp>

#include <exception>
#include <string>
#include <thread>
#include <utility>

namespace mtproto::sink {
namespace {

using mtproto::remuxing::bridge;

/// Runs on a thread of its own; what it tells is looked at once the bridge has ended it.
void work(bridge& over, mtproto::remuxing::target& to, const mtproto::remuxing::output_format& format,
          const log_sink& log, remux_report& report) {
    try {
        const outcome<remux_report> done = mtproto::remuxing::rewrite(over, to, format, log);
        if (done) report = *done;
        over.finish(done ? outcome<void>() : outcome<void>(done.error()));
    } catch (const std::exception& wrong) {
        over.finish(failure(errc::remux_failed, wrong.what()));
    }
}

bool needs_file(container format) noexcept {
    return format == container::mp4 || format == container::mov;
}

/// "3 damaged packets, and the end is missing"
std::string losses(const remux_report& found) {
    std::string text;
    const auto add = [&text](std::int64_t count, const char* what) {
        if (count == 0) return;
        text +=
            (text.empty() ? "" : ", ") + std::to_string(count) + " damaged " + what + (count > 1 ? "s" : "");
    };
    add(found.damaged_packets, "packet");
    add(found.damaged_places, "place");
    if (found.ends_early) text += text.empty() ? "its end is missing" : ", and its end is missing";
    return text;
}

}  // namespace

class remux::state {
  public:
    state(std::unique_ptr<blocking::input> from, remux_options options)
        : input_(std::move(from)), options_(std::move(options)) {}

    ~state() { stop(); }

    boost::asio::awaitable<outcome<std::optional<chunk>>> next() {
        if (needs_file(options_.format))
            co_return failure(errc::bad_argument,
                              "this container needs a file; use save(), or one that is fragmented");
        if (!bridge_) {
            start(co_await boost::asio::this_coro::executor);
            target_ = std::make_unique<mtproto::remuxing::fragment_queue>(*bridge_);
            run(true);
        }
        co_return co_await serve();
    }

    boost::asio::awaitable<outcome<std::filesystem::path>> save(std::filesystem::path name,
                                                                existing_file there) {
        if (bridge_) co_return failure(errc::bad_argument, "this remux is already in use");
        start(co_await boost::asio::this_coro::executor);
        auto made = part_file::create(name, there);
        if (!made) co_return made.error();
        auto to = std::make_unique<mtproto::remuxing::file_target>(std::move(*made));
        file_ = to.get();
        target_ = std::move(to);
        const stopper at_exit(*this);
        run(false);
        const auto done = co_await serve();
        if (!done) co_return done.error();
        co_return file_->name();
    }

    remux_report report() const noexcept { return ended_ ? report_ : remux_report(); }

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
        bridge_ = std::make_unique<bridge>(std::move(executor), input_->size());
    }

    void run(bool live) {
        thread_ = std::thread([this, format = mtproto::remuxing::format_for(options_.format, live)] {
            work(*bridge_, *target_, format, options_.log, report_);
        });
    }

    void stop() {
        if (bridge_) bridge_->stop();
        if (thread_.joinable()) thread_.join();
    }

    /// Does what the worker needs until a fragment is there, or all is done.
    boost::asio::awaitable<outcome<std::optional<chunk>>> serve() {
        for (;;) {
            const bridge::instruction todo = bridge_->next_task();
            switch (todo.kind) {
                case bridge::task::deliver: {
                    chunk made;
                    made.offset = written_;
                    made.data = bridge_->take_fragment();
                    written_ += static_cast<std::int64_t>(made.data.size());
                    co_return std::optional<chunk>(std::move(made));
                }
                case bridge::task::done: {
                    const auto how = bridge_->how_it_ended();
                    if (!how) co_return how.error();
                    ended_ = true;
                    if (!report_.is_whole() && !options_.keep_going)
                        co_return failure(errc::media_damaged, losses(report_));
                    if (!report_.is_whole() && options_.log)
                        options_.log(log_level::warning, "the film is damaged: " + losses(report_));
                    co_return std::optional<chunk>();
                }
                case bridge::task::seek:
                    input_->seek(todo.offset);
                    break;
                case bridge::task::fetch:
                    co_await fetch(todo.generation);
                    break;
                case bridge::task::wait:
                    if (const auto rung = co_await bridge_->changed(); !rung) co_return failure(rung.error());
                    break;
            }
        }
    }

    boost::asio::awaitable<void> fetch(std::uint64_t generation) {
        try {
            std::optional<chunk> part = co_await input_->next();
            if (part)
                bridge_->input().push(generation, std::move(part->data));
            else
                bridge_->input().push(generation, std::nullopt);
        } catch (const error& wrong) {
            // A cancelled wait can be repeated; the input is as it was.
            if (wrong.code() == errc::cancelled) throw;
            bridge_->input().fail(generation, wrong.info());
        }
    }

    std::unique_ptr<blocking::input> input_;
    const remux_options options_;
    std::unique_ptr<bridge> bridge_;
    std::unique_ptr<mtproto::remuxing::target> target_;
    mtproto::remuxing::file_target* file_ = nullptr;  ///< target_ during save()
    std::int64_t written_ = 0;
    bool ended_ = false;   ///< the worker has told all, and ended
    remux_report report_;  ///< the worker's until then
    std::thread thread_;
};

remux::remux(byte_stream& from, container format, log_sink log)
    : remux(from, remux_options{format, false, std::move(log)}) {}
remux::remux(byte_stream& from, remux_options options)
    : state_(std::make_unique<state>(std::make_unique<blocking::stream_input>(from), std::move(options))) {}
remux::remux(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}
remux::remux(remux&&) noexcept = default;
remux& remux::operator=(remux&&) noexcept = default;
remux::~remux() = default;

boost::asio::awaitable<std::optional<chunk>> remux::next() {
    return io::at_the_edge(state_->next());
}

boost::asio::awaitable<std::filesystem::path> remux::save(std::filesystem::path target, existing_file there) {
    return io::at_the_edge(state_->save(std::move(target), there));
}

remux_report remux::report() const noexcept {
    return state_->report();
}

std::int64_t remux::written() const noexcept {
    return state_->written();
}

}  // namespace mtproto::sink

namespace mtproto {

sink::remux remux_access::make(std::unique_ptr<blocking::input> from, sink::remux_options options) {
    return sink::remux(std::make_unique<sink::remux::state>(std::move(from), std::move(options)));
}

}  // namespace mtproto
