// The callbacks of custom AVIO.
#include "remux/av_io.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <new>

namespace mtproto::remuxing {
namespace {

/// What libavformat copies into at once.
constexpr int input_block = 64 * 1024;
constexpr int output_block = 256 * 1024;

avio_pointer make_context(int block, int writes, void* opaque, int (*read)(void*, std::uint8_t*, int),
                          int (*write)(void*, std::uint8_t*, int),
                          std::int64_t (*seek)(void*, std::int64_t, int)) {
    auto* memory = static_cast<unsigned char*>(av_malloc(static_cast<std::size_t>(block)));
    if (!memory) throw std::bad_alloc();
    AVIOContext* made = avio_alloc_context(memory, block, writes, opaque, read, write, seek);
    if (!made) {
        av_free(memory);
        throw std::bad_alloc();
    }
    return avio_pointer(made);
}

byte_span span_of(std::uint8_t* data, int size) noexcept {
    return {reinterpret_cast<std::byte*>(data), static_cast<std::size_t>(size)};
}

int read_bridge(void* opaque, std::uint8_t* into, int size) {
    const auto count = static_cast<bridge*>(opaque)->read(span_of(into, size));
    if (!count) return AVERROR_EXIT;
    return *count == 0 ? AVERROR_EOF : static_cast<int>(*count);
}

std::int64_t seek_bridge(void* opaque, std::int64_t offset, int whence) {
    bridge& from = *static_cast<bridge*>(opaque);
    switch (whence & ~AVSEEK_FORCE) {
        case AVSEEK_SIZE:
            return from.input_size();
        case SEEK_SET:
            break;
        case SEEK_CUR:
            offset += from.position();
            break;
        case SEEK_END:
            offset += from.input_size();
            break;
        default:
            return AVERROR(EINVAL);
    }
    if (offset < 0) return AVERROR(EINVAL);
    from.seek(offset);
    return offset;
}

}  // namespace

avio_pointer make_reader(void* opaque, int (*read)(void*, std::uint8_t*, int),
                         std::int64_t (*seek)(void*, std::int64_t, int)) {
    return make_context(input_block, 0, opaque, read, nullptr, seek);
}

/// A second reader of a target, while the first context still writes to it.
struct av_output::reader_again {
    av_output* from;
    std::int64_t position = 0;
};

av_input::av_input(bridge& from)
    : context_(make_context(input_block, 0, &from, read_bridge, nullptr, seek_bridge)) {}

av_output::av_output(target& to, const bridge& taker)
    : to_(to),
      taker_(taker),
      context_(make_context(output_block, 1, this, nullptr, write, to.can_seek() ? seek : nullptr)) {
    if (!to.can_seek()) context_->write_data_type = write_typed;
}

int av_output::keep(const outcome<void>& how) {
    if (how) return 0;
    if (!trouble_) trouble_ = how.error();
    return AVERROR(EIO);
}

int av_output::write(void* opaque, std::uint8_t* data, int size) {
    auto& self = *static_cast<av_output*>(opaque);
    if (self.taker_.stopped()) return AVERROR_EXIT;
    if (const int failed = self.keep(self.to_.write(self.position_, span_of(data, size)))) return failed;
    self.position_ += size;
    self.end_ = std::max(self.end_, self.position_);
    return size;
}

int av_output::write_typed(void* opaque, std::uint8_t* data, int size, AVIODataMarkerType type,
                           std::int64_t) {
    auto& self = *static_cast<av_output*>(opaque);
    const bool starts = type == AVIO_DATA_MARKER_HEADER || type == AVIO_DATA_MARKER_SYNC_POINT ||
                        type == AVIO_DATA_MARKER_BOUNDARY_POINT;
    if (starts)
        if (const int failed = self.keep(self.to_.begin_fragment())) return failed;
    return write(opaque, data, size);
}

std::int64_t av_output::seek(void* opaque, std::int64_t offset, int whence) {
    auto& self = *static_cast<av_output*>(opaque);
    switch (whence & ~AVSEEK_FORCE) {
        case AVSEEK_SIZE:
            return self.end_;
        case SEEK_SET:
            break;
        case SEEK_CUR:
            offset += self.position_;
            break;
        case SEEK_END:
            offset += self.end_;
            break;
        default:
            return AVERROR(EINVAL);
    }
    if (offset < 0) return AVERROR(EINVAL);
    return self.position_ = offset;
}

/// libavformat takes whatever is no data for the end of the file and would leave out the rest of the move:
/// the trouble must be remembered, also where the target is shorter than what was written to it.
int av_output::read_again(void* opaque, std::uint8_t* into, int size) {
    auto& reader = *static_cast<reader_again*>(opaque);
    av_output& self = *reader.from;
    if (self.taker_.stopped()) return AVERROR_EXIT;
    const auto count = self.to_.read(reader.position, span_of(into, size));
    if (!count) return self.keep(count.error());
    if (*count == 0 && reader.position < self.end_)
        return self.keep(failure(errc::io_failed, "what was written is no longer there"));
    reader.position += static_cast<std::int64_t>(*count);
    return *count == 0 ? AVERROR_EOF : static_cast<int>(*count);
}

std::int64_t av_output::seek_again(void* opaque, std::int64_t offset, int whence) {
    auto& reader = *static_cast<reader_again*>(opaque);
    if ((whence & ~AVSEEK_FORCE) != SEEK_SET || offset < 0) return AVERROR(EINVAL);
    return reader.position = offset;
}

void av_output::serve_reading_back(AVFormatContext& format) {
    format.opaque = this;
    format.io_open = open_again;
    format.io_close2 = close_again;
}

int av_output::open_again(AVFormatContext* format, AVIOContext** opened, const char*, int flags,
                          AVDictionary**) {
    if (flags & AVIO_FLAG_WRITE) return AVERROR(EPERM);
    auto& self = *static_cast<av_output*>(format->opaque);
    auto reader = std::make_unique<reader_again>();
    reader->from = &self;
    *opened = make_context(output_block, 0, reader.get(), read_again, nullptr, seek_again).release();
    (void)reader.release();  // close_again() frees it
    return 0;
}

int av_output::close_again(AVFormatContext*, AVIOContext* opened) {
    if (!opened) return 0;
    delete static_cast<reader_again*>(opened->opaque);
    avio_pointer gone(opened);
    return 0;
}

}  // namespace mtproto::remuxing
