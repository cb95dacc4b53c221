// Blocks of memory from the heap.
#include <mtproto/bytes.hpp>

#include <new>

namespace mtproto {

buffer buffer::allocate(std::size_t capacity) {
    void* memory = ::operator new(sizeof(detail::block) + capacity);
    auto* made = new (memory) detail::block;
    made->capacity = capacity;
    made->release = [](detail::block* block) noexcept {
        block->~block();
        ::operator delete(block);
    };
    return adopt(made);
}

bytes bytes::copy(byte_view data) {
    if (data.empty()) return {};
    buffer owner = buffer::allocate(data.size());
    std::memcpy(owner.data(), data.data(), data.size());
    return {std::move(owner), 0, data.size()};
}

}  // namespace mtproto
