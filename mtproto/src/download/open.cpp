// client::open and client::hashes: over what the client shares among its streams.
#include "download/open.hpp"

#include "client/account_connections.hpp"
#include "download/account_downloads.hpp"
#include "download/block_cache.hpp"
#include "download/file_source.hpp"
#include "download/hash_survey.hpp"
#include "io/edge.hpp"

#include <mtproto/client.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace mtproto::download {

outcome<void> check(const media& file, const byte_range& range) {
    if (file.location.id == 0 || file.dc <= 0) return failure(errc::bad_argument, "the media is empty");
    if (file.size < 0) return failure(errc::bad_argument, "the media's size is negative");
    if (range.offset < 0) return failure(errc::bad_argument, "the range's offset is negative");
    if (range.length < 0 && range.length != byte_range::to_end)
        return failure(errc::bad_argument, "the range's length is negative");
    return {};
}

std::pair<std::int64_t, std::int64_t> inside(byte_range range, std::int64_t size) {
    const std::int64_t begin = std::min(range.offset, size);
    // Not offset + length, which need not fit 64 bits.
    const bool to_end = range.length < 0 || range.length > size - begin;
    return {begin, to_end ? size : begin + range.length};
}

io::awaitable<outcome<std::vector<file_hash>>> survey_of(std::shared_ptr<core::account_connections> account,
                                                         media file, byte_range range) {
    if (const outcome<void> sound = check(file, range); !sound) co_return sound.error();
    if (!account) co_return failure(errc::connection_closed);
    auto source = std::make_shared<file_source>(account, file, verification::off);
    const auto [begin, end] = inside(range, file.size);
    hash_survey survey(*account, std::move(source), begin, end);
    co_return co_await survey.run();
}

reader_options options_of(const media& file, byte_range range, stream_options options, std::int64_t capacity,
                          std::shared_ptr<core::client_lifetime> owner) {
    reader_options how;
    how.size = file.size;
    std::tie(how.begin, how.end) = inside(range, file.size);
    // No more than there is; compared unsigned, since a size need not fit an int64_t.
    const auto most = static_cast<std::size_t>(capacity);
    how.read_ahead =
        static_cast<std::int64_t>(options.read_ahead == 0 ? most : std::min(options.read_ahead, most));
    how.tail = static_cast<std::int64_t>(std::min(options.tail, most));
    how.weight = std::clamp(options.priority, priority_background, priority_urgent);
    how.on_progress = std::move(options.on_progress);
    how.client = std::move(owner);
    return how;
}

}  // namespace mtproto::download

namespace mtproto {

byte_stream client::open(const media& file, byte_range range, stream_options options) {
    if (const outcome<void> sound = download::check(file, range); !sound) throw error(sound.error());
    if (!account_) throw error(*lifetime_->ended());
    schedule::shared_resources& shared = download::downloads_of(*account_).resources;
    const io::environment& here = account_->environment();

    download::shared_services where;
    where.executor = here.executor;
    where.time = here.time;
    where.random = here.random;
    where.budget = &shared.budget();
    where.queue = &shared.queue(file.dc);
    where.max_wait = options.max_wait.value_or(account_->settings().max_wait);
    const verification proved = options.verification.value_or(account_->settings().verification);
    where.file = download::shared_file_of(*account_, file, proved);
    where.source = std::make_shared<download::file_source>(account_, file, proved);

    download::reader_options how =
        download::options_of(file, range, std::move(options), shared.budget().capacity(), lifetime_);
    return byte_stream(std::make_unique<download::reader>(std::move(where), std::move(how)));
}

boost::asio::awaitable<std::vector<file_hash>> client::hashes(media file, byte_range range) {
    return io::at_the_edge(
        core::client_lifetime::checked(lifetime_, download::survey_of(account_, std::move(file), range)));
}

}  // namespace mtproto
