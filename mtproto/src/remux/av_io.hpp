// libavformat's reads and writes, served by the bridge and the target.
#pragma once

#include "remux/bridge.hpp"
#include "remux/libav.hpp"
#include "remux/target.hpp"

#include <optional>

namespace mtproto::remuxing {

/// A context that reads by these functions, which are those of avio_alloc_context().
avio_pointer make_reader(void* opaque, int (*read)(void*, std::uint8_t*, int),
                         std::int64_t (*seek)(void*, std::int64_t, int));

/// Reads what the bridge brings.
class av_input {
  public:
    explicit av_input(bridge& from);
    AVIOContext* context() noexcept { return context_.get(); }

  private:
    avio_pointer context_;
};

/// Writes to a target until nobody waits for it, and remembers what it refused: libavformat would only say
/// "I/O error", or nothing at all.
class av_output {
  public:
    av_output(target& to, const bridge& taker);
    AVIOContext* context() noexcept { return context_.get(); }
    const std::optional<failure>& trouble() const noexcept { return trouble_; }
    /// Lets `format` read back what it wrote, as it must to move the index to the front.
    void serve_reading_back(AVFormatContext& format);

  private:
    struct reader_again;
    static int write(void* opaque, std::uint8_t* data, int size);
    static int write_typed(void* opaque, std::uint8_t* data, int size, AVIODataMarkerType type,
                           std::int64_t time);
    static std::int64_t seek(void* opaque, std::int64_t offset, int whence);
    static int read_again(void* opaque, std::uint8_t* into, int size);
    static std::int64_t seek_again(void* opaque, std::int64_t offset, int whence);
    static int open_again(AVFormatContext* format, AVIOContext** opened, const char* url, int flags,
                          AVDictionary** options);
    static int close_again(AVFormatContext* format, AVIOContext* opened);
    int keep(const outcome<void>& how);

    target& to_;
    const bridge& taker_;
    std::int64_t position_ = 0;
    std::int64_t end_ = 0;
    std::optional<failure> trouble_;
    avio_pointer context_;
};

}  // namespace mtproto::remuxing
