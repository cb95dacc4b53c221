// What the inputs of the target local_dc name without knowing it; the target and the maker of its seeds agree
// here.
#pragma once

#include <cstdint>
#include <string_view>

namespace mtproto::fuzz {

/// Indices of marks of the kind `secret`.
enum class told : std::uint32_t {
    channel_hash,
    document_hash,
    document_id,
    permanent_key_id,
    temporary_key_id,
    session_id,
    user_id,
    user_hash,
    salt,
};

/// Stands for the document's file reference, which is as long.
inline constexpr std::string_view reference_mark = "<reference-of-the-file-->";

}  // namespace mtproto::fuzz
