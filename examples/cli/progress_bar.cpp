// Draws the progress bar.
#include "progress_bar.hpp"

#include "text.hpp"

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
constexpr int widest = 100;                                // columns
constexpr int label_columns = 24;
constexpr int shortest_bar = 5;

int columns() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    // One less: a terminal that has its last column filled may go on to the next line.
    return std::clamp<int>(size.ws_col - 1, 1, widest);
}

double share_of(const mtproto::progress& now) {
    if (now.total <= 0) return 0;
    return std::clamp(static_cast<double>(now.received) / static_cast<double>(now.total), 0.0, 1.0);
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

std::string progress_line(const std::string& label, const mtproto::progress& now, double share, int width) {
    const std::string how_much = fmt::format(" {:3.0f}%  {} of {}", std::floor(share * 100),
                                             human_bytes(static_cast<double>(now.received)),
                                             human_bytes(static_cast<double>(now.total)));
    std::string facts = how_much + fmt::format("  {}/s", human_bytes(now.rate));
    if (const double left = now.seconds_left(); left > 0) facts += fmt::format("  {} left", human_time(left));

    const int needed = columns_of(label) + static_cast<int>(facts.size());
    const int room = width - needed - 3;  // for the brackets and the blank before them
    if (room >= shortest_bar) {
        const int full = static_cast<int>(share * room);
        return fmt::format("{} [{:#<{}}{:.<{}}]{}", label, "", full, "", room - full, facts);
    }
    if (needed <= width) return label + facts;
    if (static_cast<int>(facts.size()) <= width) return facts;
    return how_much.substr(0, static_cast<std::size_t>(std::max(width, 0)));
}

progress_bar::progress_bar(bool shown, const std::string& label)
    : shown_(shown),
      terminal_(::isatty(STDERR_FILENO) == 1),
      label_(cut_to_columns(printable(label), label_columns)),
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
    draw(now, share_of(now));
}

void progress_bar::print_above(const std::string& line) {
    const std::lock_guard guard(screen_);
    std::fprintf(stderr, "%s%s\n", open_line_ ? "\r\x1b[K" : "", line.c_str());
    open_line_ = false;
}

void progress_bar::finish() {
    if (!shown_) return;
    const std::chrono::duration<double> took = mtproto::system_clock().now() - began_;
    mtproto::progress all = last_;
    all.received = all.total;
    all.rate = took.count() > 0 ? static_cast<double>(all.total) / took.count() : 0;
    draw(all, 1);  // also of a file without a byte
    const std::lock_guard guard(screen_);
    if (open_line_) std::fputc('\n', stderr);
    open_line_ = false;
}

void progress_bar::draw(const mtproto::progress& now, double share) {
    const std::string text = progress_line(label_, now, share, columns());
    const std::lock_guard guard(screen_);
    if (terminal_) {
        std::fprintf(stderr, "\r%s\x1b[K", text.c_str());
        open_line_ = true;
    } else {
        std::fprintf(stderr, "%s\n", text.c_str());
    }
    std::fflush(stderr);
}

}  // namespace mtpipe
