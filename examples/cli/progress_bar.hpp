// The progress of a command on standard error, and what it waits for.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/progress.hpp>
#include <mtproto/wait.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace mtpipe {

/// "12.3 MB", "1.2 GB": decimal units, as disks and lines are sold.
std::string human_bytes(double bytes);
/// "0:07", "1:02:03"
std::string human_time(double seconds);

/// One line of at most `width` columns: label, bar, and figures. What does not fit is left out: the label
/// first, then rate and time. `share` is from 0 to 1. `wait`: what stands in the place of rate and time, and
/// stays longest; empty: none.
std::string progress_line(const std::string& label, const mtproto::progress& now, double share, int width,
                          const std::string& wait = "");

/// How a command tells of itself.
enum class display {
    none,
    notices,  ///< a line for each wait that is longer than some seconds
    lines,    ///< a line a second
    drawn,    ///< one line of a terminal, drawn again each second at least
};

/// `progress`: even where standard error is no terminal.
display choose_display(bool quiet, bool progress);

/// Lives on one executor, but for print_above().
class progress_bar {
  public:
    progress_bar(const boost::asio::any_io_executor& executor, display how);
    ~progress_bar();
    progress_bar(const progress_bar&) = delete;
    progress_bar& operator=(const progress_bar&) = delete;

    /// The transfer begins; it is shown from its first bytes or wait on. `label` is what stands in front,
    /// made printable and shortened to fit.
    void begin(const std::string& label);
    void show(const mtproto::progress& now);
    /// What requests outside the transfer wait for (config::on_wait).
    void wait(const std::optional<mtproto::wait_info>& what);
    /// Prints a line of something else on standard error, above the bar. From any thread.
    void print_above(const std::string& line);
    /// Leaves the last state on a line of its own. Without it, whatever is printed next starts on a new line.
    void finish();

  private:
    void tick();
    void update(bool at_once);
    void notify();
    const std::optional<mtproto::wait_info>& present_wait() const;
    void draw(const mtproto::progress& now, double share);
    void put(const std::string& line);
    void erase();

    display how_;
    boost::asio::steady_timer timer_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::string label_;
    mtproto::progress last_;
    std::optional<mtproto::wait_info> outside_;  ///< the wait that is no transfer's
    std::vector<mtproto::wait_kind> noticed_;  ///< kinds that were told of since the last time without a wait
    mtproto::time_point pause_end_{};          ///< of the pause that was told of last
    bool begun_ = false;
    mtproto::time_point began_;
    mtproto::time_point drawn_{};
    std::mutex screen_;  ///< open_line_, and the screen's line that it is about
    bool open_line_ = false;
};

}  // namespace mtpipe
