// Switches the terminal's echo, also from signal handlers.
#include "hidden_typing.hpp"

#include "terminal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <termios.h>
#include <unistd.h>

namespace mtpipe {
namespace {

// Handlers read these. They change only while no handler is installed.
volatile std::sig_atomic_t hidden = 0;
termios with_echo;
std::array<char, 256> asked;  ///< what stands before the cursor
std::size_t asked_size = 0;

/// Signals that stop a process or end it, but for those that end a command (signals.hpp). SIGTTIN and SIGTTOU
/// come only where another process has the terminal already.
constexpr std::array leaving{SIGTSTP, SIGQUIT, SIGABRT, SIGSEGV,   SIGBUS,  SIGFPE, SIGILL,  SIGSYS, SIGTRAP,
                             SIGALRM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGIO,  SIGXCPU, SIGPWR};
std::array<struct sigaction, leaving.size()> before;
struct sigaction before_continuing;

/// A process in the background would be stopped for touching its terminal. One whose terminal is not its
/// session's is in no background.
bool is_in_front() {
    const pid_t front = ::tcgetpgrp(STDIN_FILENO);
    return front < 0 || front == ::getpgrp();
}

bool switch_off(int when) {
    termios without = with_echo;
    without.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    return ::tcsetattr(STDIN_FILENO, when, &without) == 0;
}

void switch_on() {
    if (is_in_front()) ::tcsetattr(STDIN_FILENO, TCSANOW, &with_echo);
}

void on_leaving_signal(int number) {
    const int error = errno;
    switch_on();
    struct sigaction as_it_was {};
    struct sigaction ours {};
    as_it_was.sa_handler = SIG_DFL;
    ::sigaction(number, &as_it_was, &ours);
    ::raise(number);
    // It was a stop, and is over, or there was none: without a shell to go on from, the system makes none.
    ::sigaction(number, &ours, nullptr);
    if (is_in_front()) switch_off(TCSANOW);
    errno = error;
}

void on_continue(int) {
    const int error = errno;
    if (is_in_front()) {
        switch_off(TCSANOW);
        [[maybe_unused]] const auto shown = ::write(STDERR_FILENO, asked.data(), asked_size);
    }
    errno = error;
}

/// Signals that the parent has ignored stay so.
void handle(int number, void (*by)(int), struct sigaction& kept) {
    struct sigaction ours {};
    ours.sa_handler = by;
    ours.sa_flags = SA_RESTART | SA_NODEFER;
    ::sigaction(number, nullptr, &kept);
    if (kept.sa_handler != SIG_IGN) ::sigaction(number, &ours, nullptr);
}

}  // namespace

hidden_typing::hidden_typing(const std::string& question) {
    if (::tcgetattr(STDIN_FILENO, &with_echo) != 0 || !switch_off(TCSAFLUSH)) return;
    asked_size = std::min(question.size(), asked.size());
    std::memcpy(asked.data(), question.data(), asked_size);
    hidden = 1;
    for (std::size_t i = 0; i < leaving.size(); ++i)
        handle(leaving[i], on_leaving_signal, before[i]);
    handle(SIGCONT, on_continue, before_continuing);
}

hidden_typing::~hidden_typing() {
    if (hidden == 0) return;
    ::sigaction(SIGCONT, &before_continuing, nullptr);
    for (std::size_t i = 0; i < leaving.size(); ++i)
        ::sigaction(leaving[i], &before[i], nullptr);
    restore_terminal();
    std::fputc('\n', stderr);  // the one that was typed was not shown
}

void restore_terminal() noexcept {
    if (hidden != 0) switch_on();
    hidden = 0;
}

}  // namespace mtpipe
