// Brings an account's flood waits to other processes, and theirs to this one.
#pragma once

#include <mtproto/shared_waits.hpp>

#include <memory>

namespace mtproto::core {

struct account_state;

/// Not thread safe.
class flood_sharing {
  public:
    explicit flood_sharing(std::shared_ptr<account_state> of) : account_(std::move(of)) {}

    /// Once it is known who is logged in; again for another login. The waits that hold by then hold here when
    /// this returns. Nothing without config::waits.
    void begin();
    void end() noexcept;

  private:
    std::shared_ptr<account_state> account_;
    shared_waits::following following_;
};

}  // namespace mtproto::core
