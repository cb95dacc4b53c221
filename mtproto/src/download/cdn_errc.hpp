// Codes for a CDN that is left. No download ends by them: the file's data centre serves the rest.
#pragma once

#include <boost/system/error_code.hpp>

#include <type_traits>

namespace mtproto::download {

enum class cdn_errc {
    expired = 1,  ///< it does not know the file's token any more: the data centre gives out another
    failed,       ///< it gives nothing, or nothing that is true: it is not asked again
};

const boost::system::error_category& cdn_category() noexcept;

inline boost::system::error_code make_error_code(cdn_errc code) noexcept {
    return {static_cast<int>(code), cdn_category()};
}

}  // namespace mtproto::download

template <>
struct boost::system::is_error_code_enum<mtproto::download::cdn_errc> : std::true_type {};
