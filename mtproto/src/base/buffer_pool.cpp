// The pool's free lists, one for each size class.
#include "base/buffer_pool.hpp"

#include <bit>
#include <mutex>
#include <new>
#include <vector>

namespace mtproto {
namespace {

// Parts are powers of two and travel with a few hundred bytes of envelope, so a class holds one and a margin.
constexpr std::size_t smallest_class = 4096;
constexpr std::size_t envelope_margin = 4096;

std::size_t class_capacity(std::size_t wanted) {
    if (wanted <= smallest_class) return smallest_class;
    if (wanted <= smallest_class + envelope_margin) return smallest_class + envelope_margin;
    return std::bit_ceil(wanted - envelope_margin) + envelope_margin;
}

}  // namespace

struct buffer_pool::state {
    struct free_list {
        std::size_t capacity;
        std::vector<detail::block*> blocks;
    };

    std::mutex mutex;
    std::vector<free_list> lists;
    std::size_t kept_bytes = 0;
    std::size_t keep_limit = 0;

    ~state() {
        for (free_list& list : lists)
            for (detail::block* block : list.blocks)
                destroy(block);
    }

    static void destroy(detail::block* block) noexcept {
        block->~block();
        ::operator delete(block);
    }

    free_list& list_for(std::size_t capacity) {
        for (free_list& list : lists)
            if (list.capacity == capacity) return list;
        return lists.emplace_back(free_list{capacity, {}});
    }

    bool keep(detail::block* block) noexcept try {
        const std::lock_guard lock(mutex);
        if (kept_bytes + block->capacity > keep_limit) return false;
        list_for(block->capacity).blocks.push_back(block);
        kept_bytes += block->capacity;
        return true;
    } catch (...) {
        return false;  // no memory for the list: give the block back instead
    }
};

buffer_pool::buffer_pool(std::size_t keep_bytes) : state_(std::make_shared<state>()) {
    state_->keep_limit = keep_bytes;
}

buffer_pool::~buffer_pool() = default;

buffer buffer_pool::take(std::size_t capacity) {
    const std::size_t rounded = class_capacity(capacity);
    detail::block* block = nullptr;
    {
        const std::lock_guard lock(state_->mutex);
        auto& blocks = state_->list_for(rounded).blocks;
        if (!blocks.empty()) {
            block = blocks.back();
            blocks.pop_back();
            state_->kept_bytes -= rounded;
        }
    }
    if (block) {
        block->references.store(1, std::memory_order_relaxed);
    } else {
        block = new (::operator new(sizeof(detail::block) + rounded)) detail::block;
        block->capacity = rounded;
    }
    // Every block in use keeps the pool's state alive; the pool itself may go first.
    block->context = new std::shared_ptr<state>(state_);
    block->release = [](detail::block* released) noexcept {
        const std::unique_ptr<std::shared_ptr<state>> home(
            static_cast<std::shared_ptr<state>*>(std::exchange(released->context, nullptr)));
        if (!(*home)->keep(released)) state::destroy(released);
    };
    return buffer::adopt(block);
}

}  // namespace mtproto
