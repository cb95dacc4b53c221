// gzip by zlib.
#include "tl/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace mtproto::tl {
namespace {

constexpr int window = 15;
constexpr int gzip_framing = 16;        // added to the window: write gzip
constexpr int either_framing = 32;      // added to the window: read gzip or zlib
constexpr int memory_level = 8;         // zlib's default
constexpr std::size_t first_guess = 4;  // how many times its size a body usually inflates to
constexpr std::size_t smallest_block = 1024;

Bytef* input(byte_view data) {
    return reinterpret_cast<Bytef*>(const_cast<std::byte*>(data.data()));
}

class inflater {
  public:
    inflater() {
        if (inflateInit2(&stream, window + either_framing) != Z_OK) throw std::bad_alloc();
    }
    ~inflater() { inflateEnd(&stream); }
    inflater(const inflater&) = delete;
    inflater& operator=(const inflater&) = delete;

    z_stream stream{};
};

}  // namespace

result<bytes> gunzip(byte_view packed, std::size_t limit) {
    std::size_t inflated = 0;
    return gunzip(packed, limit, inflated);
}

result<bytes> gunzip(byte_view packed, std::size_t limit, std::size_t& inflated) {
    inflated = 0;
    if (packed.size() > std::numeric_limits<uInt>::max()) return make_error_code(errc::too_large);
    inflater running;
    z_stream& stream = running.stream;
    stream.next_in = input(packed);
    stream.avail_in = static_cast<uInt>(packed.size());
    // One byte more than the limit tells "exactly the limit" from "beyond it".
    const std::size_t most = std::min<std::size_t>(limit, std::numeric_limits<uInt>::max() - 1) + 1;
    buffer block =
        buffer::allocate(std::clamp(packed.size() * first_guess, std::min(smallest_block, most), most));
    std::size_t size = 0;
    for (;;) {
        stream.next_out = reinterpret_cast<Bytef*>(block.data() + size);
        stream.avail_out = static_cast<uInt>(block.capacity() - size);
        const int status = inflate(&stream, Z_NO_FLUSH);
        size = inflated = block.capacity() - stream.avail_out;
        if (size > limit) return make_error_code(errc::too_large);
        if (status == Z_STREAM_END) break;
        if (status == Z_MEM_ERROR) throw std::bad_alloc();
        if (status != Z_OK && status != Z_BUF_ERROR) return make_error_code(errc::malformed);
        if (stream.avail_out != 0) return make_error_code(errc::truncated);
        buffer larger = buffer::allocate(std::min(block.capacity() * 2, most));
        std::memcpy(larger.data(), block.data(), size);
        block = std::move(larger);
    }
    if (stream.avail_in != 0) return make_error_code(errc::malformed);
    return bytes(std::move(block), 0, size);
}

bytes gzip(byte_view data) {
    if (data.size() > std::numeric_limits<uInt>::max()) throw error(failure(errc::too_large));
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window + gzip_framing, memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::bad_alloc();
    }
    buffer block = buffer::allocate(deflateBound(&stream, static_cast<uLong>(data.size())));
    stream.next_in = input(data);
    stream.avail_in = static_cast<uInt>(data.size());
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.capacity());
    deflate(&stream, Z_FINISH);  // cannot fail: deflateBound gave the room
    const std::size_t size = block.capacity() - stream.avail_out;
    deflateEnd(&stream);
    return {std::move(block), 0, size};
}

}  // namespace mtproto::tl
