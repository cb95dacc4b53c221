// Signal handlers that end the process or wake the executor.
#include "signals.hpp"

#include "terminal.hpp"

#include <boost/system/system_error.hpp>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace mtpipe {
namespace {

// What the handler reads and writes: signals may come on any thread.
std::atomic<int> came = 0;
std::atomic<int> wakes = -1;  ///< an eventfd; -1: nobody waits for a signal
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int number) {
    const int error = errno;
    const int wake = wakes;
    int none = 0;
    if (wake < 0 || !came.compare_exchange_strong(none, number)) {
        restore_terminal();
        ::_exit(128 + number);
    }
    constexpr std::uint64_t once = 1;
    [[maybe_unused]] const auto told = ::write(wake, &once, sizeof once);
    errno = error;
}

}  // namespace

void end_on_signals() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction now {};
        ::sigaction(number, nullptr, &now);
        if (now.sa_handler == SIG_IGN) continue;
        // Not SA_RESTART: a write that waits for its reader is to come back.
        struct sigaction ours {};
        ours.sa_handler = on_signal;
        ::sigaction(number, &ours, nullptr);
    }
}

interruption::interruption(boost::asio::io_context& context, std::function<void()> first) : woken_(context) {
    end_on_signals();
    const int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake < 0)
        throw boost::system::system_error(errno, boost::system::system_category(), "cannot wait for signals");
    woken_.assign(wake);
    woken_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [first = std::move(first)](const boost::system::error_code& failed) {
                          if (!failed) first();
                      });
    wakes = wake;
}

interruption::~interruption() {
    wakes = -1;
}

bool is_ending() noexcept {
    return came != 0;
}

int interruption::signal() const noexcept {
    return came;
}

void interruption::stop() {
    woken_.cancel();
}

}  // namespace mtpipe
