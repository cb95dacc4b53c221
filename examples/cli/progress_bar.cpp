// Draws the progress bar, with a timer of its own.
#include "progress_bar.hpp"

#include "text.hpp"
#include "wait_text.hpp"

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
constexpr auto slack = std::chrono::milliseconds(50);      // a timer that is that much early is in time
constexpr auto long_wait = std::chrono::seconds(5);        // that is worth a line of its own
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
    if (now.total.value_or(0) <= 0) return 0;
    return std::clamp(static_cast<double>(now.received) / static_cast<double>(*now.total), 0.0, 1.0);
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

std::string progress_line(const std::string& label, const mtproto::progress& now, double share, int width,
                          const std::string& wait) {
    const std::string how_much = fmt::format(" {:3.0f}%  {} of {}", std::floor(share * 100),
                                             human_bytes(static_cast<double>(now.received)),
                                             human_bytes(static_cast<double>(now.total.value_or(0))));
    std::string facts = how_much + "  " + (wait.empty() ? human_bytes(now.rate) + "/s" : wait);
    if (const auto left = now.time_left(); wait.empty() && left)
        facts += fmt::format("  {} left", human_time(std::chrono::duration<double>(*left).count()));

    const int needed = columns_of(label) + static_cast<int>(facts.size());
    const int room = width - needed - 3;  // for the brackets and the blank before them
    if (room >= shortest_bar) {
        const int full = static_cast<int>(share * room);
        return fmt::format("{} [{:#<{}}{:.<{}}]{}", label, "", full, "", room - full, facts);
    }
    if (needed <= width) return label + facts;
    if (static_cast<int>(facts.size()) <= width) return facts;
    if (!wait.empty()) return cut_to_columns(wait, width);
    return how_much.substr(0, static_cast<std::size_t>(std::max(width, 0)));
}

display choose_display(bool quiet, bool progress) {
    if (quiet) return display::none;
    if (::isatty(STDERR_FILENO) == 1) return display::drawn;
    return progress ? display::lines : display::notices;
}

progress_bar::progress_bar(const boost::asio::any_io_executor& executor, display how)
    : how_(how), timer_(executor), began_(mtproto::system_clock().now()) {
    if (how_ != display::none) tick();
}

progress_bar::~progress_bar() {
    if (begun_ && open_line_) std::fputc('\n', stderr);
    if (!begun_) erase();
}

void progress_bar::tick() {
    timer_.expires_after(reprint);
    // A handler that is due already comes also after the timer is gone.
    timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& failed) {
        if (failed || alive.expired()) return;
        update(false);
        tick();
    });
}

void progress_bar::begin(const std::string& label) {
    label_ = cut_to_columns(printable(label), label_columns);
    began_ = mtproto::system_clock().now();
}

void progress_bar::show(const mtproto::progress& now) {
    const bool other_wait = now.wait != last_.wait;
    last_ = now;
    begun_ = begun_ || now.received > 0 || now.wait;
    update(other_wait);
}

void progress_bar::wait(const std::optional<mtproto::wait_info>& what) {
    outside_ = what;
    update(true);
}

/// Of a transfer that waits for other requests both tell, and the transfer's own is the later one.
const std::optional<mtproto::wait_info>& progress_bar::present_wait() const {
    return last_.wait ? last_.wait : outside_;
}

/// Shows what there is, unless that was done just now. `at_once`: a terminal shows it in any case.
void progress_bar::update(bool at_once) {
    const bool terminal = how_ == display::drawn;
    if (how_ == display::none) return;
    if (how_ == display::notices) return notify();
    if (!begun_ && !present_wait()) return erase();
    const auto time = mtproto::system_clock().now();
    const mtproto::duration pause = terminal ? mtproto::duration(redraw) : mtproto::duration(reprint - slack);
    if (time - drawn_ < pause && !(terminal && at_once)) return;
    drawn_ = time;
    if (begun_)
        draw(last_, share_of(last_));
    else
        put(cut_to_columns(wait_text(*present_wait(), time), columns()));
}

void progress_bar::notify() {
    const std::optional<mtproto::wait_info>& what = present_wait();
    if (!what) return noticed_.clear();
    if (std::find(noticed_.begin(), noticed_.end(), what->kind) != noticed_.end()) return;
    const auto time = mtproto::system_clock().now();
    const bool flood = what->kind == mtproto::wait_kind::flood;
    const mtproto::duration length = flood ? what->end.value_or(time) - time : time - what->begin;
    if (length < long_wait) return;
    // What was under way still comes, or is refused with it, and makes no other pause of it.
    if (flood && *what->end < pause_end_ + long_wait) return;
    if (flood) pause_end_ = *what->end;
    noticed_.push_back(what->kind);
    put(wait_notice(*what, time));
}

void progress_bar::print_above(const std::string& line) {
    const std::lock_guard guard(screen_);
    std::fprintf(stderr, "%s%s\n", open_line_ ? "\r\x1b[K" : "", line.c_str());
    open_line_ = false;
}

void progress_bar::finish() {
    if (how_ != display::lines && how_ != display::drawn) return;
    const std::chrono::duration<double> took = mtproto::system_clock().now() - began_;
    mtproto::progress all = last_;
    all.received = all.total.value_or(0);
    all.rate = took.count() > 0 ? static_cast<double>(all.received) / took.count() : 0;
    all.wait.reset();
    outside_.reset();
    last_.wait.reset();
    begun_ = true;
    draw(all, 1);  // also of a file without a byte
    const std::lock_guard guard(screen_);
    if (open_line_) std::fputc('\n', stderr);
    open_line_ = false;
    how_ = display::none;
}

void progress_bar::draw(const mtproto::progress& now, double share) {
    const std::optional<mtproto::wait_info>& what = present_wait();
    put(progress_line(label_, now, share, columns(),
                      what ? wait_text(*what, mtproto::system_clock().now()) : std::string()));
}

void progress_bar::put(const std::string& line) {
    const std::lock_guard guard(screen_);
    if (how_ == display::drawn) {
        std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
        open_line_ = true;
    } else {
        std::fprintf(stderr, "%s\n", line.c_str());
    }
    std::fflush(stderr);
}

void progress_bar::erase() {
    const std::lock_guard guard(screen_);
    if (open_line_) std::fputs("\r\x1b[K", stderr);
    open_line_ = false;
}

}  // namespace mtpipe
