// Walks over the boxes of MP4.
#pragma once

#include <mtproto/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mtproto::remuxing {

constexpr std::size_t box_header = 8;

inline std::uint32_t number_at(byte_view data, std::size_t place) noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | std::to_integer<std::uint32_t>(data[place + i]);
    return value;
}

struct box {
    std::string_view type;
    byte_view inside;
    byte_view whole;
};

/// Calls `each` with every box of `data`; a size that is none ends it.
template <class Function>
void for_each_box(byte_view data, Function each) {
    while (data.size() >= box_header) {
        const std::size_t size = std::min<std::size_t>(number_at(data, 0), data.size());
        if (size < box_header) return;
        each(box{as_text(data.subspan(4, 4)), data.first(size).subspan(box_header), data.first(size)});
        data = data.subspan(size);
    }
}

}  // namespace mtproto::remuxing
