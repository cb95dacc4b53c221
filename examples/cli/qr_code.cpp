// Modules by libqrencode, cells by half blocks, and a PNG of one bit a pixel.
#include "qr_code.hpp"

#ifdef MTPIPE_WITH_QR
#include <qrencode.h>
#endif
#include <zlib.h>

#include <array>
#include <cstdint>
#include <memory>

namespace mtpipe {
namespace {

std::string big_endian(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
            static_cast<char>(value)};
}

std::string png_chunk(std::string_view type, std::string_view data) {
    const std::string checked = std::string(type) + std::string(data);
    const auto sum =
        crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size()));
    return big_endian(static_cast<std::uint32_t>(data.size())) + checked +
           big_endian(static_cast<std::uint32_t>(sum));
}

std::string deflated(std::string_view data) {
    uLongf size = compressBound(static_cast<uLong>(data.size()));
    std::string made(size, '\0');
    if (compress(reinterpret_cast<Bytef*>(made.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
                 static_cast<uLong>(data.size())) != Z_OK)
        return {};
    made.resize(size);
    return made;
}

/// A row of pixels: no filter, then a bit each, 1 for white.
std::string png_row(const qr_code& code, int row, int scale) {
    const int width = code.size() * scale;
    std::string made(static_cast<std::size_t>(1 + (width + 7) / 8), '\0');
    for (int x = 0; x < width; ++x)
        if (!code.is_dark(x / scale, row)) {
            char& held = made[static_cast<std::size_t>(1 + x / 8)];
            held = static_cast<char>(static_cast<unsigned char>(held) | (0x80u >> (x % 8)));
        }
    return made;
}

}  // namespace

std::optional<qr_code> qr_code::of([[maybe_unused]] std::string_view text) {
#ifdef MTPIPE_WITH_QR
    const std::unique_ptr<QRcode, void (*)(QRcode*)> made(
        QRcode_encodeString8bit(std::string(text).c_str(), 0, QR_ECLEVEL_L), QRcode_free);
    if (!made) return std::nullopt;
    const auto count = static_cast<std::size_t>(made->width) * static_cast<std::size_t>(made->width);
    std::vector<bool> dark(count);
    for (std::size_t i = 0; i < count; ++i)
        dark[i] = (made->data[i] & 1) != 0;
    return qr_code(std::move(dark), made->width);
#else
    return std::nullopt;
#endif
}

bool qr_code::is_dark(int column, int row) const noexcept {
    column -= quiet_zone;
    row -= quiet_zone;
    if (column < 0 || row < 0 || column >= size_ || row >= size_) return false;
    return dark_[static_cast<std::size_t>(row) * static_cast<std::size_t>(size_) +
                 static_cast<std::size_t>(column)];
}

std::vector<std::string> terminal_lines(const qr_code& code) {
    constexpr std::string_view black_on_white = "\x1b[38;5;16;48;5;231m";
    constexpr std::string_view as_before = "\x1b[0m";
    // By whether the upper and the lower module are dark.
    constexpr std::array<std::string_view, 4> cells{" ", "\u2584", "\u2580", "\u2588"};
    std::vector<std::string> lines;
    for (int row = 0; row < code.size(); row += 2) {
        std::string line(black_on_white);
        for (int column = 0; column < code.size(); ++column) {
            const std::size_t upper = code.is_dark(column, row) ? 2 : 0;
            line += cells[upper + (code.is_dark(column, row + 1) ? 1 : 0)];
        }
        lines.push_back(line + std::string(as_before) + "\n");
    }
    return lines;
}

std::string png_of(const qr_code& code, int scale) {
    const auto width = static_cast<std::uint32_t>(code.size() * scale);
    std::string pixels;
    for (int row = 0; row < code.size(); ++row) {
        const std::string line = png_row(code, row, scale);
        for (int i = 0; i < scale; ++i)
            pixels += line;
    }
    // One bit a pixel, grey; the usual compression, filters and order.
    const std::string head = big_endian(width) + big_endian(width) + std::string("\x01\x00\x00\x00\x00", 5);
    return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", head) + png_chunk("IDAT", deflated(pixels)) +
           png_chunk("IEND", "");
}

}  // namespace mtpipe
