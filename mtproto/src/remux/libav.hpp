// Ownership and errors of libavformat's objects.
#pragma once

#include <mtproto/log.hpp>

#include <cstdarg>
#include <cstdint>
#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavutil/dict.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>
#include <libavutil/rational.h>
}

namespace mtproto::remuxing {

struct avio_deleter {
    void operator()(AVIOContext* context) const noexcept {
        if (!context) return;
        av_freep(&context->buffer);
        avio_context_free(&context);
    }
};
using avio_pointer = std::unique_ptr<AVIOContext, avio_deleter>;

/// Of avio_open(), which opens a file of its own.
struct opened_deleter {
    void operator()(AVIOContext* context) const noexcept { avio_close(context); }
};
using opened_pointer = std::unique_ptr<AVIOContext, opened_deleter>;

struct input_deleter {
    void operator()(AVFormatContext* context) const noexcept { avformat_close_input(&context); }
};
using input_pointer = std::unique_ptr<AVFormatContext, input_deleter>;

struct output_deleter {
    void operator()(AVFormatContext* context) const noexcept { avformat_free_context(context); }
};
using output_pointer = std::unique_ptr<AVFormatContext, output_deleter>;

struct packet_deleter {
    void operator()(AVPacket* packet) const noexcept { av_packet_free(&packet); }
};
using packet_pointer = std::unique_ptr<AVPacket, packet_deleter>;

struct filter_deleter {
    void operator()(AVBSFContext* filter) const noexcept { av_bsf_free(&filter); }
};
using filter_pointer = std::unique_ptr<AVBSFContext, filter_deleter>;

class dictionary {
  public:
    dictionary() = default;
    ~dictionary() { av_dict_free(&entries_); }
    dictionary(const dictionary&) = delete;
    dictionary& operator=(const dictionary&) = delete;

    void set(const char* key, const char* value) { av_dict_set(&entries_, key, value, 0); }
    void set(const char* key, std::int64_t value) { av_dict_set_int(&entries_, key, value, 0); }
    AVDictionary** out() noexcept { return &entries_; }

  private:
    AVDictionary* entries_ = nullptr;
};

/// libavformat's own unit of time; its macro is no C++.
constexpr AVRational microseconds{1, AV_TIME_BASE};

inline std::string libav_text(int code) {
    char text[AV_ERROR_MAX_STRING_SIZE] = {};
    av_strerror(code, text, sizeof text);
    return text;
}

/// What readers of libavformat say in words alone.
struct log_findings {
    std::int64_t damage = 0;  ///< places where the file cannot be followed
    bool encrypted = false;
    bool lacks_index = false;  ///< of MP4, whose index may stand at the end
};

/// While it lives, what libav logs on this thread goes to `log` and not to the process's stderr.
class log_scope {
  public:
    explicit log_scope(const log_sink& log);
    const log_findings& findings() const noexcept { return findings_; }
    ~log_scope();
    log_scope(const log_scope&) = delete;
    log_scope& operator=(const log_scope&) = delete;

  private:
    friend void forward(void* context, int level, const char* format, va_list arguments);

    const log_sink& log_;
    log_findings findings_;
};

}  // namespace mtproto::remuxing
