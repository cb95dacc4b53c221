// Draws the progress bar.
#include "progress_bar.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mtpipe {
namespace {

constexpr auto redraw = std::chrono::milliseconds(100);    // smooth enough for eyes, too rare to cost time
constexpr auto reprint = std::chrono::milliseconds(1000);  // where every state takes a line
constexpr int widest = 100, narrowest = 40;                // columns
constexpr int label_columns = 24;

int columns() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return std::clamp<int>(size.ws_col - 1, narrowest, widest);
}

/// At most `limit` bytes, cut between UTF-8 characters.
std::string shortened(const std::string& text, std::size_t limit) {
    if (text.size() <= limit) return text;
    std::size_t end = limit - 3;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        --end;
    return text.substr(0, end) + "...";
}

}  // namespace

std::string human_bytes(double bytes) {
    static constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    while (bytes >= 999.5 && unit + 1 < std::size(units)) {
        bytes /= 1000;
        ++unit;
    }
    return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, units[unit]);
}

std::string human_time(double seconds) {
    const auto whole = std::llround(seconds);
    if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

progress_bar::progress_bar(bool shown, const std::string& label)
    : shown_(shown),
      terminal_(::isatty(STDERR_FILENO) == 1),
      label_(shortened(label, label_columns)),
      began_(mtproto::system_clock().now()) {}

progress_bar::~progress_bar() {
    if (open_line_) std::fputc('\n', stderr);
}

void progress_bar::show(const mtproto::progress& now) {
    last_ = now;
    if (!shown_) return;
    const auto time = mtproto::system_clock().now();
    if (time - drawn_ < (terminal_ ? mtproto::duration(redraw) : mtproto::duration(reprint))) return;
    drawn_ = time;
    draw(now);
}

void progress_bar::finish() {
    if (!shown_) return;
    const std::chrono::duration<double> took = mtproto::system_clock().now() - began_;
    mtproto::progress all = last_;
    all.received = all.total;
    all.rate = took.count() > 0 ? static_cast<double>(all.total) / took.count() : 0;
    draw(all);
    if (open_line_) std::fputc('\n', stderr);
    open_line_ = false;
}

void progress_bar::draw(const mtproto::progress& now) {
    const std::string text = line(now, columns());
    if (terminal_) {
        std::fprintf(stderr, "\r%s\x1b[K", text.c_str());
        open_line_ = true;
    } else {
        std::fprintf(stderr, "%s\n", text.c_str());
    }
    std::fflush(stderr);
}

std::string progress_bar::line(const mtproto::progress& now, int width) const {
    const double share =
        now.total > 0
            ? std::clamp(static_cast<double>(now.received) / static_cast<double>(now.total), 0.0, 1.0)
            : 0;
    std::string facts = fmt::format(" {:3.0f}%  {} of {}  {}/s", std::floor(share * 100),
                                    human_bytes(static_cast<double>(now.received)),
                                    human_bytes(static_cast<double>(now.total)), human_bytes(now.rate));
    if (const double left = now.seconds_left(); left > 0) facts += fmt::format("  {} left", human_time(left));
    const int room = width - static_cast<int>(label_.size() + facts.size()) - 3;
    if (room < 5) return label_ + facts;
    const auto full = static_cast<std::size_t>(share * room);
    return fmt::format("{} [{}{}]{}", label_, std::string(full, '#'),
                       std::string(static_cast<std::size_t>(room) - full, '.'), facts);
}

}  // namespace mtpipe
