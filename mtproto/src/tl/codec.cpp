// Size first, then write once.
#include <mtproto/tl/codec.hpp>

namespace mtproto::tl::detail {

std::size_t size_of(const void* value, write_function write) {
    writer counted;
    write(counted, value);
    if (counted.failed())
        throw error(failure(errc::bad_argument, "a value that TL needs is missing or too long"));
    return counted.size();
}

bytes encode(const void* value, write_function write) {
    const std::size_t size = size_of(value, write);
    buffer block = buffer::allocate(size);
    writer out(block.span().first(size));
    write(out, value);
    return {std::move(block), 0, size};
}

}  // namespace mtproto::tl::detail
