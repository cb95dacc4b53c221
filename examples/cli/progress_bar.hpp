// The progress of a download on standard error.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/progress.hpp>

#include <mutex>
#include <string>

namespace mtpipe {

/// "12.3 MB", "1.2 GB": decimal units, as disks and lines are sold.
std::string human_bytes(double bytes);
/// "0:07", "1:02:03"
std::string human_time(double seconds);

/// One line of at most `width` columns: label, bar, and figures. What does not fit is left out: the label
/// first, then rate and time. `share` is from 0 to 1.
std::string progress_line(const std::string& label, const mtproto::progress& now, double share, int width);

/// One line that is drawn over, on a terminal; a line now and then elsewhere.
class progress_bar {
  public:
    /// Does nothing when not `shown`. `label` is what stands in front, made printable and shortened to fit.
    progress_bar(bool shown, const std::string& label);
    ~progress_bar();
    progress_bar(const progress_bar&) = delete;
    progress_bar& operator=(const progress_bar&) = delete;

    void show(const mtproto::progress& now);
    /// Prints a line of something else on standard error, above the bar. From any thread.
    void print_above(const std::string& line);
    /// Leaves the last state on a line of its own. Without it, whatever is printed next starts on a new line.
    void finish();

  private:
    void draw(const mtproto::progress& now, double share);

    bool shown_;
    bool terminal_;
    std::string label_;
    mtproto::progress last_;
    mtproto::time_point began_;
    mtproto::time_point drawn_{};
    std::mutex screen_;  ///< open_line_, and the screen's line that it is about
    bool open_line_ = false;
};

}  // namespace mtpipe
