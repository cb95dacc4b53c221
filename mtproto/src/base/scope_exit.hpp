// Runs a function when a scope ends, however it ends.
#pragma once

#include <concepts>
#include <utility>

namespace mtproto {

/// `const scope_exit done([&] { busy_ = false; });`. The function must not throw.
template <std::invocable Function>
class [[nodiscard]] scope_exit {
  public:
    explicit scope_exit(Function at_end) : at_end_(std::move(at_end)) {}
    ~scope_exit() { at_end_(); }
    scope_exit(const scope_exit&) = delete;
    scope_exit& operator=(const scope_exit&) = delete;

  private:
    Function at_end_;
};

}  // namespace mtproto
