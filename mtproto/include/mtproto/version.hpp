// The library's version: of the headers as macros, of what is linked as a function.
#pragma once

#define MTPROTO_VERSION_MAJOR 0
#define MTPROTO_VERSION_MINOR 1
#define MTPROTO_VERSION_PATCH 0

/// One number to compare: `#if MTPROTO_VERSION >= 200` holds from 0.2.0 on.
#define MTPROTO_VERSION (10000 * MTPROTO_VERSION_MAJOR + 100 * MTPROTO_VERSION_MINOR + MTPROTO_VERSION_PATCH)

#define MTPROTO_DETAIL_QUOTE(text) #text
#define MTPROTO_DETAIL_JOIN(a, b, c) \
    MTPROTO_DETAIL_QUOTE(a) "." MTPROTO_DETAIL_QUOTE(b) "." MTPROTO_DETAIL_QUOTE(c)
/// "0.1.0"
#define MTPROTO_VERSION_STRING \
    MTPROTO_DETAIL_JOIN(MTPROTO_VERSION_MAJOR, MTPROTO_VERSION_MINOR, MTPROTO_VERSION_PATCH)

namespace mtproto {

/// The version of the library that is linked. It is MTPROTO_VERSION_STRING where headers and library are of
/// one build.
const char* version() noexcept;

}  // namespace mtproto
