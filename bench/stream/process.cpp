// fork, exec, wait4.
#include "process.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mtproto::bench {
namespace {

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

[[noreturn]] void execute(const std::vector<std::string>& arguments) {
    std::vector<char*> pointers;
    for (const std::string& argument : arguments)
        pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
}

}  // namespace

cost run(const std::vector<std::string>& arguments, output where, const std::string& input) {
    std::array<int, 2> out{-1, -1};
    std::array<int, 2> in{-1, -1};
    if (::pipe(in.data()) != 0 || (where == output::pipe && ::pipe(out.data()) != 0))
        throw std::runtime_error("cannot make a pipe");
    const auto began = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("cannot fork");
    if (child == 0) {
        ::dup2(in[0], STDIN_FILENO);
        ::close(in[1]);
        if (where == output::pipe) ::dup2(out[1], STDOUT_FILENO);
        if (where == output::null) ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
        if (where == output::pipe) ::close(out[0]);
        execute(arguments);
    }
    ::close(in[0]);
    if (!input.empty() && ::write(in[1], input.data(), input.size()) < 0)
        throw std::runtime_error("cannot write");
    ::close(in[1]);

    cost result;
    if (where == output::pipe) {
        ::close(out[1]);
        std::vector<char> buffer(1 << 20);
        for (ssize_t count = 0; (count = ::read(out[0], buffer.data(), buffer.size())) > 0;)
            result.out_bytes += count;
        ::close(out[0]);
    }
    int status = 0;
    rusage usage{};
    while (::wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    result.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    result.user = seconds(usage.ru_utime);
    result.system = seconds(usage.ru_stime);
    result.peak_mib = static_cast<double>(usage.ru_maxrss) / 1024.0;
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

background::background(const std::vector<std::string>& arguments) : child_(::fork()) {
    if (child_ < 0) throw std::runtime_error("cannot fork");
    if (child_ == 0) execute(arguments);
}

background::~background() {
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
}

}  // namespace mtproto::bench
