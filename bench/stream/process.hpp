// Runs a program as a child process and tells what it cost.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace mtproto::bench {

struct cost {
    double user = 0;          ///< CPU seconds
    double system = 0;        ///< CPU seconds
    double wall = 0;          ///< seconds
    double peak_mib = 0;      ///< resident memory at its highest
    long long out_bytes = 0;  ///< what it wrote to its standard output, when that was a pipe
    int exit_code = -1;

    double cpu() const noexcept { return user + system; }
};

enum class output { null, pipe, inherit };

/// Runs `arguments[0]` and waits for its end. With output::pipe its standard output is read and thrown away.
cost run(const std::vector<std::string>& arguments, output where, const std::string& input = {});

/// A program in the background, ended with SIGTERM when this object goes.
class background {
  public:
    explicit background(const std::vector<std::string>& arguments);
    background(const background&) = delete;
    background& operator=(const background&) = delete;
    ~background();

  private:
    pid_t child_;
};

}  // namespace mtproto::bench
