// Finds out what an earlier process left, mends it, and goes on behind it.
#include "download/edge.hpp"
#include "sink/proof.hpp"
#include "sink/unfinished_file.hpp"

#include <mtproto/sink/file.hpp>
#include <mtproto/sink/resumable_file.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace mtproto::sink {
namespace {

namespace asio = boost::asio;

/// Hashes that are asked for at once: 64 requests, over all connections. Between the steps others have their
/// turn.
constexpr std::int64_t survey_step = 64 << 20;
/// Bytes that are read and hashed before others on the executor have their turn: some milliseconds.
constexpr std::int64_t hash_step = 4 << 20;

/// The server may have no hashes of a file: then nothing is proved. Any other refusal may be over tomorrow.
bool has_none(const failure& why) {
    return why.is("LOCATION_INVALID");
}

io::awaitable<outcome<std::vector<file_hash>>> hashes_of(client& from, media file, byte_range range) {
    try {
        std::vector<file_hash> told = co_await from.hashes(std::move(file), range);
        co_return told;
    } catch (const error& thrown) {
        if (!has_none(thrown.info())) co_return thrown.info();
    }
    co_return std::vector<file_hash>();
}

io::awaitable<outcome<void>> prove(client& from, media file, std::int64_t on_disk, progress_callback report,
                                   proof& into) {
    for (std::int64_t begin = 0; begin < on_disk; begin += survey_step) {
        const byte_range range{begin, std::min(survey_step, on_disk - begin)};
        const auto told = co_await hashes_of(from, file, range);
        if (!told) co_return told.error();
        std::span<const file_hash> rest = *told;
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
    co_return outcome<void>();
}

io::awaitable<outcome<std::int64_t>> fetch_again(client& from, media file, extent what,
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

resumable_file::resumable_file(std::filesystem::path target, earlier_part what)
    : target_(std::move(target)), what_(what) {}

resumable_file::~resumable_file() = default;

asio::awaitable<std::int64_t> resumable_file::resume(client& from, media file,
                                                     progress_callback on_progress) {
    const outcome<std::int64_t> begin =
        co_await download::without_throwing(open(from, std::move(file), std::move(on_progress)));
    if (!begin) throw error(begin.error());
    position_ = *begin;
    co_return position_;
}

asio::awaitable<outcome<std::int64_t>> resumable_file::open(client& from, media file,
                                                            progress_callback on_progress) {
    size_ = file.size;
    outcome<target> where = find_target(target_);
    if (!where) co_return where.error();
    if (where->device) {
        device_ = std::make_unique<mtproto::sink::file>(where->name);
        co_return std::int64_t{0};
    }
    auto opened = unfinished_file::open(std::move(*where));
    if (!opened) co_return opened.error();
    part_ = std::move(*opened);

    const resume_record wanted = record_of(file);
    const outcome<std::int64_t> there = part_->size();
    if (!there) co_return there.error();
    const outcome<found_record> record = part_->record();
    if (!record) co_return record.error();
    const bool same = record->state == record_state::whole && record->value == wanted;
    const bool another = record->state == record_state::whole && !same;
    std::int64_t begin = 0;
    if (*there > 0 && !another && what_ == earlier_part::go_on) {
        const std::int64_t on_disk = std::min(*there, file.size);
        proof proved(*part_, on_disk);
        const auto checked = co_await prove(from, file, on_disk, std::move(on_progress), proved);
        if (!checked) co_return checked.error();
        // Somebody's own file of that name is left alone.
        if (!proved.found() && record->state == record_state::missing) co_return not_ours();
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
    // The data goes before its record: another document's is never taken for this one's.
    if (const outcome<void> cut = part_->truncate(begin); !cut) co_return cut.error();
    if (!same)
        if (const outcome<void> begun = part_->begin(wanted); !begun) co_return begun.error();
    co_return begin;
}

failure resumable_file::not_ours() {
    const std::string name = part_->name().string();
    part_.reset();
    return failure(errc::io_failed, name + " is there and is no part of this file; move it away");
}

asio::awaitable<outcome<void>> resumable_file::write(chunk part) {
    if (device_) co_return co_await device_->write(std::move(part));
    if (!part_ || part.offset != position_)
        co_return failure(errc::bad_argument, "a chunk that does not follow");
    const outcome<void> done = part_->write(position_, part.data);
    if (done) position_ += static_cast<std::int64_t>(part.data.size());
    co_return done;
}

asio::awaitable<outcome<void>> resumable_file::finish() {
    if (device_) co_return co_await device_->finish();
    if (!part_ || position_ != size_) co_return failure(errc::bad_argument, "the file is not whole");
    const outcome<void> done = part_->finish();
    if (done) part_.reset();
    co_return done;
}

std::optional<std::filesystem::path> resumable_file::left() const {
    if (!part_) return std::nullopt;
    const outcome<std::int64_t> size = part_->size();
    if (!size || *size == 0) return std::nullopt;
    return part_->name();
}

}  // namespace mtproto::sink
