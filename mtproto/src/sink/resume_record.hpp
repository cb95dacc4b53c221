// What a partial download is of: a small text beside it.
#pragma once

#include "sink/entry.hpp"

#include <mtproto/error.hpp>
#include <mtproto/media.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mtproto::sink {

/// The document and nothing of what is on disk of it, which only hashes can tell. Written once, before the
/// first byte.
struct resume_record {
    bool photo = false;
    std::int64_t id = 0;     ///< of the document; the data centre may change
    std::string thumb_size;  ///< of a photo
    std::int64_t size = 0;   ///< bytes

    friend bool operator==(const resume_record&, const resume_record&) = default;
};

resume_record record_of(const media& file);

/// Lines of text, the last one a hash of those before.
std::string encode(const resume_record& record);
/// Nothing when it is cut, changed, or was never one.
std::optional<resume_record> decode_resume_record(std::string_view text);

/// What was found in place of a record.
enum class record_state { missing, torn, whole };
struct found_record {
    record_state state = record_state::missing;
    resume_record value;
};
/// Error: errc::io_failed also for what is no file of this user's alone.
outcome<found_record> load_record(const entry& at);
/// Brings it to the disk. Cut off in the middle, it leaves a torn one.
outcome<void> store_record(const entry& at, const resume_record& record);

}  // namespace mtproto::sink
