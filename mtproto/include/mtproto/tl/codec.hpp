// Encoding and decoding whole boxed values.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>
#include <mtproto/tl/encoded.hpp>
#include <mtproto/tl/reader.hpp>
#include <mtproto/tl/sum.hpp>
#include <mtproto/tl/writer.hpp>

#include <type_traits>
#include <utility>

namespace mtproto::tl {

/// A value, and how many bytes of the slice it took.
template <class T>
struct prefix {
    T value;
    std::size_t size = 0;
};

namespace detail {

template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};

template <class T>
concept item =
    std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t> || std::is_same_v<T, double> ||
    std::is_same_v<T, bool> || std::is_same_v<T, std::string> || std::is_same_v<T, bytes>;

template <class T>
void write(writer& out, const T& value) {
    if constexpr (std::is_base_of_v<sum, T>) {
        value.tl_write(out);
    } else if constexpr (std::is_same_v<T, raw>) {
        out.raw(value.data);
    } else if constexpr (is_vector<T>::value) {
        out.vector(value.size());
        if constexpr (item<typename T::value_type>) {
            out.items(value);
        } else {
            for (const auto& each : value)
                write(out, each);
        }
    } else if constexpr (std::is_same_v<T, bool>) {
        out.boolean(value);
    } else if constexpr (std::is_same_v<T, std::int32_t>) {
        out.i32(value);
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        out.i64(value);
    } else if constexpr (std::is_same_v<T, double>) {
        out.f64(value);
    } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, bytes>) {
        out.string(value);
    } else {
        out.u32(T::tl_id);
        value.tl_write(out);
    }
}

template <class T>
void read(reader& in, T& value) {
    if constexpr (std::is_base_of_v<sum, T>) {
        value.tl_read(in);
    } else if constexpr (std::is_same_v<T, raw>) {
        value.data = in.rest();
    } else if constexpr (is_vector<T>::value) {
        using element = typename T::value_type;
        constexpr std::size_t smallest =
            std::is_same_v<element, std::int64_t> || std::is_same_v<element, double> ? 8 : 4;
        const std::size_t count = in.vector(smallest, sizeof(element));
        if constexpr (item<element>) {
            in.items(count, value);
        } else {
            value = T(count);
            for (auto& each : value)
                read(in, each);
        }
    } else if constexpr (std::is_same_v<T, bool>) {
        value = in.boolean();
    } else if constexpr (std::is_same_v<T, std::int32_t>) {
        value = in.i32();
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        value = in.i64();
    } else if constexpr (std::is_same_v<T, double>) {
        value = in.f64();
    } else if constexpr (std::is_same_v<T, std::string>) {
        value = in.string();
    } else if constexpr (std::is_same_v<T, bytes>) {
        value = in.bytes();
    } else if (in.enter(T::tl_id)) {
        value.tl_read(in);
        in.leave();
    }
}

using write_function = void (*)(writer&, const void*);
std::size_t size_of(const void* value, write_function write);
bytes encode(const void* value, write_function write);

template <class T>
constexpr write_function writes =
    [](writer& out, const void* value) { write(out, *static_cast<const T*>(value)); };

}  // namespace detail

/// The size in bytes of what encode() would make.
template <class T>
std::size_t encoded_size(const T& value) {
    return detail::size_of(&value, detail::writes<T>);
}

/// A value as TL: a constructor, method or sum with its id, a vector with its own, a primitive as it is.
/// Throws mtproto::error with errc::bad_argument when a sum that must be there is empty.
template <class T>
bytes encode(const T& value) {
    return detail::encode(&value, detail::writes<T>);
}

/// The value at the beginning of `data`, which may go on after it. Its `bytes` fields share the block of
/// `data`.
template <class T>
result<prefix<T>> decode_prefix(const bytes& data) {
    reader in(data);
    prefix<T> made{};
    detail::read(in, made.value);
    if (!in.ok()) return make_error_code(in.error());
    made.size = in.position();
    return made;
}

/// The value that `data` holds, from its first byte to its last. Its `bytes` fields share the block of
/// `data`. Errors: errc::truncated, errc::malformed (also for bytes left over), errc::too_large.
template <class T>
result<T> decode(const bytes& data) {
    result<prefix<T>> made = decode_prefix<T>(data);
    // Built in place: a plain error_code would be ambiguous where T is bool.
    if (!made) return result<T>(::boost::system::in_place_error, made.error());
    if (made->size != data.size())
        return result<T>(::boost::system::in_place_error, make_error_code(errc::malformed));
    return result<T>(::boost::system::in_place_value, std::move(made->value));
}

}  // namespace mtproto::tl
