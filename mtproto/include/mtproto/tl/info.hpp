// Makes the constructor_info of a generated struct. Only generated sources need it.
#pragma once

#include <mtproto/tl/sum.hpp>

namespace mtproto::tl::detail {

template <class T>
constexpr constructor_info info_of() {
    return {
        T::tl_id,
        T::tl_name,
        [] { return static_cast<void*>(new T()); },
        [](void* value) noexcept { delete static_cast<T*>(value); },
        [](const void* value, writer& out) { static_cast<const T*>(value)->tl_write(out); },
        [](void* value, reader& in) { static_cast<T*>(value)->tl_read(in); },
    };
}

}  // namespace mtproto::tl::detail
