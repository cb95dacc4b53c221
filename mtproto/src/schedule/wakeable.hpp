// The interface of a driver that waits for something that several downloads share.
#pragma once

namespace mtproto::schedule {

class wakeable {
  public:
    virtual ~wakeable() = default;
    /// Something refused before may be granted now, or something is asked back: call scheduler::tick() soon.
    /// Called from inside another scheduler's event, so an implementation notes it and returns.
    virtual void wake() noexcept = 0;
};

}  // namespace mtproto::schedule
