// Finds out what an earlier process left, mends it, and goes on behind it.
#include "io/edge.hpp"
#include "sink/file_io.hpp"
#include "sink/own_file.hpp"
#include "sink/part_file.hpp"
#include "sink/part_name.hpp"
#include "sink/proof.hpp"
#include "sink/unfinished_file.hpp"

#include <mtproto/sink/resumable_file.hpp>
#include <mtproto/tl_api.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <utility>

namespace mtproto::sink {
namespace {

namespace asio = boost::asio;

/// Hashes that are asked for at once: 64 requests, over all connections. Between the steps others have their
/// turn.
constexpr std::int64_t survey_step = 64 << 20;
/// Bytes that are read and hashed before others on the executor have their turn: some milliseconds.
constexpr std::int64_t hash_step = 4 << 20;

/// Refusals that no repetition changes: the server does not know the question, or has no answer. Where the
/// account may not ask, or not yet, it may tomorrow.
bool has_none(const failure& why) {
    if (why.code == make_error_code(errc::malformed)) return why.method == tl::upload::getFileHashes::tl_name;
    if (why.code != make_error_code(errc::rpc_error)) return false;
    return why.rpc_code != 401 && why.rpc_code != 406 && why.rpc_code != 420 &&
           !why.rpc_type.starts_with("FILE_REFERENCE_");
}

/// Nothing where the server has no hashes of the file.
io::awaitable<outcome<std::optional<std::vector<file_hash>>>> hashes_of(media_opener& from, media file,
                                                                        byte_range range) {
    std::optional<std::vector<file_hash>> told;
    try {
        told = co_await from.hashes(std::move(file), range);
    } catch (const error& thrown) {
        if (!has_none(thrown.info())) co_return thrown.info();
    }
    co_return told;
}

/// Whether the server has hashes at all.
io::awaitable<outcome<bool>> prove(media_opener& from, media file, std::int64_t on_disk,
                                   progress_callback report, proof& into) {
    for (std::int64_t begin = 0; begin < on_disk; begin += survey_step) {
        const byte_range range{begin, std::min(survey_step, on_disk - begin)};
        const auto told = co_await hashes_of(from, file, range);
        if (!told) co_return told.error();
        if (!*told) co_return false;
        std::span<const file_hash> rest = **told;
        while (!rest.empty()) {
            std::size_t count = 0;
            for (std::int64_t total = 0; count < rest.size() && total < hash_step; ++count)
                total += rest[count].length;
            if (const outcome<void> checked = into.check(rest.first(count)); !checked)
                co_return checked.error();
            rest = rest.subspan(count);
            progress now;
            now.received = into.seen();
            now.total = file.size;
            if (report) report(now);
            const asio::any_io_executor here = co_await asio::this_coro::executor;
            co_await asio::post(here, asio::use_awaitable);
        }
    }
    co_return true;
}

/// Whether all of `file` stands at that name, in a file that nobody else may write.
io::awaitable<outcome<bool>> is_whole(media_opener& from, media file, entry at, progress_callback report) {
    constexpr int to_read = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    const unique_fd opened(::openat(at.folder_fd(), at.name.c_str(), to_read));
    struct ::stat about {};
    if (!opened || ::fstat(opened.get(), &about) != 0 || about.st_size != file.size) co_return false;
    if (!is_safe(at, opened.get())) co_return false;
    proof proved(
        [&](std::int64_t offset, byte_span into) { return read_at(opened.get(), at.shown(), offset, into); },
        file.size);
    const outcome<bool> checked = co_await prove(from, file, file.size, std::move(report), proved);
    if (!checked) co_return checked;
    const bool all = proved.end() == file.size && proved.gaps().empty();
    co_return all;
}

bool is_there(const entry& at) {
    struct ::stat about {};
    return ::fstatat(at.folder_fd(), at.name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0;
}

enum class found_at { nothing, part_of_it, other };

/// What stands at a name, and on its way to it. What cannot be told from somebody's own is nothing to start
/// over with.
outcome<found_at> look_at(const entry& at, const resume_record& wanted, earlier_part what) {
    if (is_there(part_beside(at))) {
        const outcome<found_record> record = load_record(record_beside(at));
        if (!record) return record.error();
        if (record->state == record_state::whole)
            return record->value == wanted ? found_at::part_of_it : found_at::other;
        if (what == earlier_part::start_over) return found_at::other;
    }
    return is_there(at) ? found_at::other : found_at::nothing;
}

failure is_busy(const entry& at) {
    return {errc::io_failed, part_beside(at).shown().string() + " is being written by another process"};
}

io::awaitable<outcome<std::int64_t>> fetch_again(media_opener& from, media file, extent what,
                                                 unfinished_file& into) {
    byte_stream stream = from.open(file, {what.begin, what.end - what.begin});
    std::int64_t position = what.begin;
    while (const std::optional<chunk> part = co_await stream.next()) {
        if (const outcome<void> written = into.write(part->offset, part->data); !written)
            co_return written.error();
        position = part->offset + static_cast<std::int64_t>(part->data.size());
    }
    co_return position - what.begin;
}

}  // namespace

resumable_file::resumable_file(std::filesystem::path target, earlier_part what, existing_file there,
                               log_sink log)
    : target_(std::move(target)), earlier_(what), there_(there), log_(std::move(log)) {}

resumable_file::~resumable_file() = default;

asio::awaitable<std::int64_t> resumable_file::resume(media_opener& from, media file,
                                                     progress_callback on_progress) {
    return io::at_the_edge(open(from, std::move(file), std::move(on_progress)));
}

asio::awaitable<outcome<std::int64_t>> resumable_file::open(media_opener& from, media file,
                                                            progress_callback on_progress) {
    size_ = file.size;
    outcome<target> where = find_target(target_, there_);
    if (!where) co_return where.error();
    if (where->stream) {
        stream_ = part_file::over_stream(std::move(*where));
        co_return std::int64_t{0};
    }
    outcome<void> opened;
    if (there_ == existing_file::keep)
        opened = co_await open_beside(from, file, where->at, on_progress);
    else
        opened = open_part(std::move(*where));
    if (!opened) co_return opened.error();
    if (was_there_) co_return position_ = size_;
    if (!part_->why_unlocked().empty())
        warn(part_->name().string() + " cannot be locked (" + part_->why_unlocked() +
             "): start no other download to it");
    const outcome<std::int64_t> begin = co_await go_on(from, std::move(file), std::move(on_progress));
    if (begin) position_ = *begin;
    co_return begin;
}

outcome<void> resumable_file::open_part(target where) {
    const entry at = where.at;
    auto opened = unfinished_file::open(std::move(where));
    if (!opened) return opened.error();
    if (!*opened) return is_busy(at);
    part_ = std::move(*opened);
    return {};
}

/// At the first name where a part of this document lies, or nothing; or, without a part, at the one where all
/// of it is.
asio::awaitable<outcome<void>> resumable_file::open_beside(media_opener& from, media file, entry wanted,
                                                           progress_callback on_progress) {
    const resume_record document = record_of(file);
    const std::size_t most = longest_name(wanted);
    for (int number = 1; number <= most_numbers; ++number) {
        target to;
        to.at = wanted.beside(numbered(wanted.name, number, most));
        const outcome<found_at> found = look_at(to.at, document, earlier_);
        if (!found) co_return found.error();
        if (*found == found_at::other) {
            if (earlier_ == earlier_part::start_over) continue;
            const outcome<bool> whole = co_await is_whole(from, file, to.at, on_progress);
            if (!whole) co_return whole.error();
            if (!*whole) continue;
            target_ = to.at.shown();
            was_there_ = true;
            co_return outcome<void>();
        }
        const entry at = to.at;
        auto opened = unfinished_file::open(std::move(to));
        if (!opened) co_return opened.error();
        if (!*opened && *found == found_at::part_of_it) co_return is_busy(at);
        if (!*opened) continue;  // another download has just begun there
        part_ = std::move(*opened);
        co_return outcome<void>();
    }
    co_return refused("create", wanted.shown(), EEXIST);
}

asio::awaitable<outcome<std::int64_t>> resumable_file::go_on(media_opener& from, media file,
                                                             progress_callback on_progress) {
    const resume_record wanted = record_of(file);
    const outcome<std::int64_t> there = part_->size();
    if (!there) co_return there.error();
    const outcome<found_record> record = part_->record();
    if (!record) co_return record.error();
    const bool same = record->state == record_state::whole && record->value == wanted;
    const bool another = record->state == record_state::whole && !same;
    std::int64_t begin = 0;
    if (*there > 0 && !another && earlier_ == earlier_part::go_on) {
        const std::int64_t on_disk = std::min(*there, file.size);
        proof proved([this](std::int64_t offset, byte_span into) { return part_->read(offset, into); },
                     on_disk);
        const outcome<bool> checked = co_await prove(from, file, on_disk, std::move(on_progress), proved);
        if (!checked) co_return checked.error();
        // Somebody's own file of that name is left alone.
        if (!proved.found() && record->state == record_state::missing) co_return not_ours();
        if (!*checked && !proved.found())
            warn("the server has no hashes of this file, by which " + part_->name().string() +
                 " could be checked: the download begins anew");
        for (const extent& gap : proved.gaps()) {
            const auto count = co_await fetch_again(from, file, gap, *part_);
            if (!count) co_return count.error();
            repaired_ += *count;
        }
        const outcome<bool> mended = proved.is_mended();
        if (!mended) co_return mended.error();
        if (!*mended) co_return failure(errc::bad_part, "a piece of " + part_->name().string());
        begin = proved.end();
    }
    rest_is_stale_ = *there > begin;
    if (same) co_return begin;
    // The data goes before its record: another document's is never taken for this one's.
    if (const outcome<void> cut = drop_rest(begin); !cut) co_return cut.error();
    if (const outcome<void> begun = part_->begin(wanted); !begun) co_return begun.error();
    co_return begin;
}

/// What the server does not prove stays until there is something better.
outcome<void> resumable_file::drop_rest(std::int64_t from) {
    if (!rest_is_stale_) return {};
    rest_is_stale_ = false;
    return part_->truncate(from);
}

void resumable_file::warn(const std::string& line) const {
    if (log_) log_(log_level::warning, line);
}

failure resumable_file::not_ours() {
    const std::string name = part_->name().string();
    part_.reset();
    return failure(errc::io_failed, name + " is there and is no part of this file; move it away");
}

asio::awaitable<outcome<void>> resumable_file::write(chunk part) {
    if (stream_) co_return stream_->append(part.data);
    if (!part_ || part.offset != position_)
        co_return failure(errc::bad_argument, "a chunk that does not follow");
    outcome<void> done = drop_rest(position_);
    if (done) done = part_->write(position_, part.data);
    if (done) position_ += static_cast<std::int64_t>(part.data.size());
    co_return done;
}

asio::awaitable<outcome<void>> resumable_file::finish() {
    if (stream_) co_return stream_->finish();
    if (was_there_) co_return outcome<void>();
    if (!part_ || position_ != size_) co_return failure(errc::bad_argument, "the file is not whole");
    if (const outcome<void> cut = drop_rest(size_); !cut) co_return cut.error();
    const outcome<std::filesystem::path> named = part_->finish(there_);
    if (!named) co_return named.error();
    target_ = *named;
    part_.reset();
    co_return outcome<void>();
}

std::optional<std::filesystem::path> resumable_file::left() const {
    if (!part_) return std::nullopt;
    const outcome<std::int64_t> size = part_->size();
    if (!size || *size == 0) return std::nullopt;
    return part_->name();
}

}  // namespace mtproto::sink
