// A descriptor that closes itself.
#pragma once

#include <cerrno>
#include <unistd.h>
#include <utility>

namespace mtproto::sink {

class unique_fd {
  public:
    unique_fd() = default;
    explicit unique_fd(int number) noexcept : number_(number) {}
    unique_fd(unique_fd&& other) noexcept : number_(other.release()) {}
    unique_fd& operator=(unique_fd&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~unique_fd() { close(); }

    explicit operator bool() const noexcept { return number_ >= 0; }
    int get() const noexcept { return number_; }
    int release() noexcept { return std::exchange(number_, -1); }
    /// 0, or the system's number of what went wrong.
    int close() noexcept {
        const int closing = release();
        return closing < 0 || ::close(closing) == 0 ? 0 : errno;
    }

  private:
    int number_ = -1;
};

}  // namespace mtproto::sink
