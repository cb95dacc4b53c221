// The base of the generated types that have several constructors, and `visit`.
#pragma once

#include <mtproto/tl/encoded.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace mtproto::tl {

class reader;
class writer;

/// Names the constructors of a type.
template <class... Constructors>
struct list {};

/// What a sum knows of the constructor that it holds.
struct constructor_info {
    std::uint32_t id = 0;
    std::string_view name;
    void* (*create)() = nullptr;
    void (*destroy)(void*) noexcept = nullptr;
    void (*write)(const void*, writer&) = nullptr;
    void (*read)(void*, reader&) = nullptr;
};

/// One value out of a closed set of constructors, on the heap; or none, when default constructed or moved
/// from. Moves, never copies.
/// A field behind a flag is the sum itself, empty when the flag is not set: `if (message.media)`. So that it
/// reads like the std::optional of other such fields, `*` and `->` of the generated types give the value
/// itself. (A std::optional around each would cost every file that includes the API another 0.4 s.)
class sum {
  public:
    sum(sum&& other) noexcept
        : value_(std::exchange(other.value_, nullptr)), info_(std::exchange(other.info_, nullptr)) {}
    sum& operator=(sum&& other) noexcept {
        sum taken(std::move(other));
        std::swap(value_, taken.value_);
        std::swap(info_, taken.info_);
        return *this;
    }

    /// Whether it holds a value.
    explicit operator bool() const noexcept { return value_ != nullptr; }
    bool has_value() const noexcept { return value_ != nullptr; }
    /// Leaves it empty.
    void reset() noexcept { sum gone(std::move(*this)); }
    /// The id of the constructor that it holds, 0 for none.
    std::uint32_t tl_id() const noexcept { return info_ ? info_->id : 0; }
    /// The schema's name of the constructor that it holds, empty for none.
    std::string_view tl_name() const noexcept { return info_ ? info_->name : std::string_view(); }

    void tl_write(writer& out) const;

  protected:
    sum() noexcept = default;
    sum(void* value, const constructor_info* info) noexcept : value_(value), info_(info) {}
    ~sum() {
        if (value_) info_->destroy(value_);
    }

    /// Reads any of `known`, which is sorted by id.
    void read(reader& in, const constructor_info* const* known, std::size_t count);

    template <class T, class... Constructors>
    T* get(list<Constructors...>) const noexcept {
        static_assert((std::is_same_v<T, Constructors> || ...), "this type has no such constructor");
        return tl_id() == T::tl_id ? static_cast<T*>(value_) : nullptr;
    }

  private:
    void* value_ = nullptr;
    const constructor_info* info_ = nullptr;
};

namespace detail {

template <class... F>
struct overloads : F... {
    using F::operator()...;
};
template <class... F>
overloads(F...) -> overloads<F...>;

[[noreturn]] void visited_empty();

template <class Sum, class Visitor, class First, class... Rest>
decltype(auto) visit(Sum& value, Visitor& visitor, list<First, Rest...>) {
    if constexpr (sizeof...(Rest) != 0) {
        if (value.tl_id() != First::tl_id) return visit(value, visitor, list<Rest...>{});
    }
    auto* held = value.template as<First>();
    if (!held) visited_empty();
    return visitor(*held);
}

}  // namespace detail

/// Calls the one of `visitors` that takes the constructor that `value` holds. All must return the same type;
/// a generic lambda takes the rest. Throws std::logic_error when `value` is empty.
template <class Sum, class... Visitors>
decltype(auto) visit(Sum&& value, Visitors&&... visitors) {
    detail::overloads all{std::forward<Visitors>(visitors)...};
    return detail::visit(value, all, typename std::remove_cvref_t<Sum>::tl_constructors{});
}

}  // namespace mtproto::tl
