// Draws with as few assumptions about the terminal as there can be: lines, and the cursor going up.
#include "token_display.hpp"

#include "exit_code.hpp"
#include "qr_code.hpp"
#include "text.hpp"

#include <mtproto/private_file.hpp>

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>

namespace mtpipe {
namespace {

constexpr int png_scale = 8;  // pixels a module

/// Columns and rows of the terminal that is standard error; nothing where that cannot draw.
std::optional<winsize> drawing_room() {
    const char* terminal = std::getenv("TERM");
    if (terminal == nullptr || *terminal == '\0' || std::string_view(terminal) == "dumb") return std::nullopt;
    winsize room{};
    if (::isatty(STDERR_FILENO) != 1 || ::ioctl(STDERR_FILENO, TIOCGWINSZ, &room) != 0) return std::nullopt;
    return room;
}

bool fits(const qr_code& code, int lines_below) {
    const std::optional<winsize> room = drawing_room();
    if (!room || room->ws_col < code.size()) return false;
    return room->ws_row == 0 || room->ws_row >= (code.size() + 1) / 2 + lines_below;
}

}  // namespace

token_display::~token_display() {
    std::error_code ignored;
    if (png_written_) std::filesystem::remove(png_, ignored);
}

void token_display::show(const mtproto::login_token& token, const std::string& invitation) {
    if (!png_.empty()) write_png(token.url);
    const std::optional<qr_code> code = qr_code::of(token.url);
    constexpr int lines_below = 2;  // the invitation, and the cursor
    if (code && fits(*code, lines_below)) {
        std::string drawn;
        const std::vector<std::string> lines = terminal_lines(*code);
        for (const std::string& line : lines)
            drawn += line;
        const std::optional<winsize> room = drawing_room();
        drawn += cut_to_columns(invitation, room ? room->ws_col - 1 : code->size()) + "\n";
        return draw(drawn, static_cast<int>(lines.size()) + 1);
    }
    lines_ = 0;
    const bool is_terminal = ::isatty(STDERR_FILENO) == 1;
    if (is_terminal) std::fprintf(stderr, "%s\n", invitation.c_str());
    std::fprintf(stderr, "%s\n", printable(token.url).c_str());
    if (is_terminal && png_.empty())
        std::fputs("(--qr-png FILE makes a picture of it; a wider terminal shows the code itself)\n", stderr);
}

void token_display::draw(const std::string& text, int lines) {
    if (lines_ > 0) std::fprintf(stderr, "\x1b[%dA\r\x1b[J", lines_);
    std::fputs(text.c_str(), stderr);
    lines_ = lines;
}

void token_display::write_png(const std::string& url) {
    const std::optional<qr_code> code = qr_code::of(url);
    if (!code) throw command_error{exit_code::usage, "this build draws no QR codes: go without --qr-png"};
    const std::string picture = png_of(*code, png_scale);
    const auto written = mtproto::replace_file(png_, mtproto::as_bytes(picture));
    if (!written) throw mtproto::error(written.error());
    png_written_ = true;
}

}  // namespace mtpipe
