// Keeps the blocks used last, within its part of the budget.
#include "download/block_cache.hpp"

#include "client/account_connections.hpp"
#include "download/account_downloads.hpp"

#include <algorithm>

namespace mtproto::download {
namespace {

/// Of the budget: a reader that comes back finds the last seconds of a film, and memory that is used in turn
/// stays small enough for the processor's caches.
constexpr std::int64_t part_of_budget = 4;
/// ... and never more, whatever the budget.
constexpr std::int64_t most_bytes = 64 << 20;

}  // namespace

block_cache::~block_cache() = default;

std::shared_ptr<shared_file> block_cache::file(const document_key& key,
                                               const io::asio::any_io_executor& executor, std::int64_t size) {
    std::erase_if(files_, [](const auto& one) { return one.second.expired(); });
    std::weak_ptr<shared_file>& slot = files_[key];
    std::shared_ptr<shared_file> found = slot.lock();
    if (found && found->size_ == size) return found;
    auto made = std::make_shared<shared_file>(executor, size);
    made->cache_ = weak_from_this();
    slot = made;
    return made;
}

bool block_cache::add(std::shared_ptr<shared_file> file, std::shared_ptr<shared_file::piece> piece) {
    const std::int64_t size = piece->end - piece->begin;
    const std::int64_t most = std::min(budget_.capacity() / part_of_budget, most_bytes);
    if (size > most) return false;
    while (held_ + size > most)
        evict(least_needed());
    if (!budget_.borrow(*this, size)) return false;
    held_ += size;
    blocks_.push_back({std::move(file), std::move(piece)});
    return true;
}

void block_cache::used(const std::vector<std::shared_ptr<shared_file::piece>>& pieces) {
    for (const auto& one : pieces) {
        const auto found = std::find_if(blocks_.begin(), blocks_.end(),
                                        [&](const block& kept) { return kept.piece == one; });
        if (found != blocks_.end()) blocks_.splice(blocks_.end(), blocks_, found);
    }
}

void block_cache::let_go(std::int64_t count) noexcept {
    for (const std::int64_t before = held_; !blocks_.empty() && before - held_ < count;)
        evict(least_needed());
}

std::list<block_cache::block>::iterator block_cache::least_needed() {
    const auto found = std::find_if(blocks_.begin(), blocks_.end(),
                                    [](const block& one) { return !one.file->is_pinned(*one.piece); });
    return found == blocks_.end() ? blocks_.begin() : found;
}

void block_cache::evict(std::list<block>::iterator which) noexcept {
    const block gone = std::move(*which);
    blocks_.erase(which);
    const std::int64_t size = gone.piece->end - gone.piece->begin;
    held_ -= size;
    budget_.repay(size);
    gone.file->forget(gone.piece);
}

std::shared_ptr<shared_file> shared_file_of(core::account_connections& account, const media& file,
                                            verification proved) {
    document_key key;
    key.id = file.location.id;
    key.photo = file.location.photo;
    key.thumb_size = file.location.thumb_size;
    key.proved = proved;
    return downloads_of(account).cache->file(key, account.environment().executor, file.size);
}

}  // namespace mtproto::download
