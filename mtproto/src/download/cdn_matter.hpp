// What a download meets with on its way to a CDN and back: nothing that ends it.
#pragma once

#include <boost/system/error_code.hpp>

#include <type_traits>

namespace mtproto::download {

/// Failures that runtime_source::repair() mends by going elsewhere.
enum class cdn_matter {
    redirected = 1,  ///< the data centre says that a CDN has the file
    expired,         ///< the CDN does not know the file's token any more: the data centre gives out another
    failed,          ///< the CDN gives nothing, or nothing that is true: it is not asked again
};

const boost::system::error_category& cdn_category() noexcept;

inline boost::system::error_code make_error_code(cdn_matter what) noexcept {
    return {static_cast<int>(what), cdn_category()};
}

}  // namespace mtproto::download

template <>
struct boost::system::is_error_code_enum<mtproto::download::cdn_matter> : std::true_type {};
