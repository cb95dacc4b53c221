// Begins a download for all that is read in order, and one for each read at another place.
#include "download/reader.hpp"

#include "base/scope_exit.hpp"
#include "download/guarded_strategy.hpp"
#include "io/edge.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <cstring>

namespace mtproto::download {
namespace {

io::awaitable<outcome<std::size_t>> fill(std::shared_ptr<range_download> from, byte_span into) {
    const scope_exit at_end([&from] { from->close(); });
    std::size_t done = 0;
    for (;;) {
        const outcome<std::optional<chunk>> part = co_await range_download::next(from);
        if (!part) co_return part.error();
        // Its range ends inside the file, so this is the end, or the stream was closed meanwhile.
        if (!*part && done < into.size()) co_return failure(errc::cancelled);
        if (!*part) co_return done;
        const bytes& data = (*part)->data;
        std::memcpy(into.data() + done, data.data(), data.size());
        done += data.size();
    }
}

/// What comes is in the cache then; a failure is met again by who reads there.
io::awaitable<void> read_through(std::shared_ptr<range_download> from) {
    const scope_exit at_end([&from] { from->close(); });
    for (;;) {
        const outcome<std::optional<chunk>> part = co_await io::as_outcome(range_download::next(from));
        if (!part || !*part) co_return;
    }
}

template <class T>
io::awaitable<outcome<T>> answered(T with) {
    co_return with;
}

template <class T>
io::awaitable<outcome<T>> failed(failure why) {
    co_return why;
}

template <class T>
io::awaitable<outcome<T>> throwing(std::exception_ptr thrown) {
    throw io::foreign_exception{std::move(thrown)};
    co_return failure(errc::cancelled);  // makes it a coroutine
}

/// What the public functions that do not wait throw.
void require(bool sound, const char* otherwise) {
    if (!sound) throw error(failure(errc::bad_argument, otherwise));
}

}  // namespace

reader::reader(shared_services services, reader_options options)
    : services_(std::move(services)), options_(std::move(options)), position_(options_.begin) {
    last_.total = options_.end - options_.begin;
    if (!services_.exceptions) services_.exceptions = std::make_shared<io::exception_holder>();
    options_.on_progress = io::caught_by(services_.exceptions, std::move(options_.on_progress));
    if (options_.client) options_.client->add(*this);
}

reader::~reader() {
    if (options_.client) options_.client->remove(*this);
    close();
}

/// Of the log, the waits and the store: the stream goes on afterwards.
std::exception_ptr reader::thrown_by_client_callback() noexcept {
    return options_.client ? options_.client->exceptions()->take() : nullptr;
}

io::awaitable<outcome<std::optional<chunk>>> reader::next() {
    using answer = std::optional<chunk>;
    if (std::exception_ptr thrown = thrown_by_client_callback()) return throwing<answer>(std::move(thrown));
    if (closed_) return answered<answer>(std::nullopt);
    if (ended_) return failed<answer>(*ended_);
    if (!ordered_) begin();
    return range_download::next(ordered_);
}

void reader::begin() {
    schedule::range_settings all = range(position_, options_.end);
    all.paused = paused_;
    shared_services with = services_;
    with.own_strategy = strategy_ != nullptr;
    ordered_ = range_download::make(std::move(with), all,
                                    strategy_ ? std::move(strategy_) : default_strategy(), report_of_range());
    if (tail_begin() == options_.size) return;
    services_.file->pin(tail_begin(), options_.size);
    // By now all connections are full of what comes after the first bytes, which may not be wanted before the
    // tail.
    schedule::range_settings last = range(tail_begin(), options_.size);
    last.waits_its_turn = false;
    io::asio::co_spawn(services_.executor, read_through(another(last, {})), io::asio::detached);
}

io::awaitable<outcome<std::size_t>> reader::read_at(std::int64_t offset, byte_span into) {
    if (std::exception_ptr thrown = thrown_by_client_callback())
        return throwing<std::size_t>(std::move(thrown));
    if (offset < 0) return failed<std::size_t>(failure(errc::bad_argument, "the offset is negative"));
    offset = std::min(offset, options_.size);
    const auto most = static_cast<std::uint64_t>(options_.size - offset);
    const auto wanted = static_cast<std::int64_t>(std::min<std::uint64_t>(into.size(), most));
    if (wanted == 0) return answered<std::size_t>(0);
    if (closed_) return failed<std::size_t>(errc::cancelled);
    if (ended_) return failed<std::size_t>(*ended_);
    if (std::exception_ptr thrown = services_.exceptions->held())
        return throwing<std::size_t>(std::move(thrown));
    const std::shared_ptr<range_download> made = another(range(offset, offset + wanted), report_of_read());
    return fill(made, into.first(static_cast<std::size_t>(wanted)));
}

/// Of a read at another place only its waits are told, beside what is known of the range.
progress_callback reader::report_of_read() {
    if (!options_.on_progress) return {};
    return [this](const progress& of_read) {
        if (of_read.wait == last_.wait) return;
        last_.wait = of_read.wait;
        options_.on_progress(last_);
    };
}

progress_callback reader::report_of_range() {
    if (!options_.on_progress) return {};
    return [this](const progress& now) {
        last_ = now;
        options_.on_progress(last_);
    };
}

std::shared_ptr<range_download> reader::another(const schedule::range_settings& what,
                                                progress_callback report) {
    std::shared_ptr<range_download> made =
        range_download::make(services_, what, default_strategy(), std::move(report));
    std::erase_if(others_, [](const std::weak_ptr<range_download>& one) { return one.expired(); });
    others_.push_back(made);
    return made;
}

/// Where the tail begins that is fetched in advance; the end of the file if there is none.
std::int64_t reader::tail_begin() const noexcept {
    return services_.file ? options_.size - std::clamp<std::int64_t>(options_.tail, 0, options_.size)
                          : options_.size;
}

void reader::seek(std::int64_t offset) {
    require(offset >= 0, "the offset is negative");
    position_ = std::clamp<std::int64_t>(offset, 0, options_.end);
    if (ordered_) ordered_->seek(position_);
}

void reader::pause() {
    paused_ = true;
    if (ordered_) ordered_->pause();
}

void reader::resume() {
    paused_ = false;
    if (ordered_) ordered_->resume();
}

void reader::use(std::unique_ptr<window::strategy> strategy) {
    require(strategy != nullptr, "there is no strategy");
    require(!ordered_ && !closed_ && !ended_, "a strategy is chosen before the first next()");
    strategy_ = std::make_unique<guarded_strategy>(std::move(strategy), services_.exceptions);
}

void reader::close() noexcept {
    if (std::exchange(closed_, true)) return;
    if (ordered_) ordered_->close();
    if (ordered_ && tail_begin() < options_.size) services_.file->unpin(tail_begin(), options_.size);
    for (const std::weak_ptr<range_download>& one : others_)
        if (const std::shared_ptr<range_download> other = one.lock()) other->close();
}

/// Lets go of all that is the client's.
void reader::client_ended(const failure& why) noexcept {
    position_ = position();
    ended_ = why;
    if (ordered_) ordered_->end(why);
    for (const std::weak_ptr<range_download>& one : others_)
        if (const std::shared_ptr<range_download> other = one.lock()) other->end(why);
    ordered_ = nullptr;
    others_.clear();
    services_.source = nullptr;
    services_.places = nullptr;
    services_.file = nullptr;
}

schedule::range_settings reader::range(std::int64_t begin, std::int64_t end) const {
    schedule::range_settings made;
    made.file_size = options_.size;
    made.begin = begin;
    made.end = std::max(begin, end);
    made.read_ahead = options_.read_ahead;
    made.weight = options_.weight;
    return made;
}

std::unique_ptr<window::strategy> reader::default_strategy() const {
    return window::adaptive(services_.source->connections());
}

}  // namespace mtproto::download
