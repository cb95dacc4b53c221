// A text as a QR code: its modules, and how a terminal and a PNG show them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mtpipe {

class qr_code {
  public:
    /// Modules on each side that stay light: phones find no code without.
    static constexpr int quiet_zone = 4;

    /// Nothing where this build has no libqrencode, or the text is too long for a code.
    static std::optional<qr_code> of(std::string_view text);

    /// Modules a side, the quiet zone included.
    int size() const noexcept { return size_ + 2 * quiet_zone; }
    /// Columns and rows count from the quiet zone's corner. Light outside of the code.
    bool is_dark(int column, int row) const noexcept;

  private:
    qr_code(std::vector<bool> dark, int size) : dark_(std::move(dark)), size_(size) {}

    std::vector<bool> dark_;  // row by row, without the quiet zone
    int size_;
};

/// Lines for a terminal, each with its end: two rows of modules a line, a module a column. Black on white in
/// colours of their own, whatever the terminal's are: some phones read no inverted code.
std::vector<std::string> terminal_lines(const qr_code& code);

/// A PNG of black and white, `scale` pixels a module.
std::string png_of(const qr_code& code, int scale);

}  // namespace mtpipe
