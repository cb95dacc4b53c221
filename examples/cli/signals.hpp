// The signals that end a command.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>

namespace mtpipe {

/// From now on SIGINT, SIGTERM and SIGHUP end this process with the exit code 128 and their number, also
/// where it is the first of a container, for which the system would not do it. One that the parent has
/// ignored, as nohup does, or a shell for what it starts in the background, stays ignored.
void end_on_signals();

/// Whether one of these signals has come.
bool is_ending() noexcept;

/// While there is one, the first of these signals calls `first` on the executor; the next ends the process at
/// once, whatever that is waiting for. One at a time.
class interruption {
  public:
    interruption(boost::asio::io_context& context, std::function<void()> first);
    ~interruption();
    interruption(const interruption&) = delete;
    interruption& operator=(const interruption&) = delete;

    /// The one that came; 0: none.
    int signal() const noexcept;
    /// The executor has nothing to wait for any more; signals are counted all the same.
    void stop();

  private:
    boost::asio::posix::stream_descriptor woken_;
};

}  // namespace mtpipe
