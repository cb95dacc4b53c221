// Flood waits that the processes and machines of one account tell each other.
#pragma once

#include <mtproto/clock.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace mtproto {

/// A server asked an account for a pause. Given as what is left of it: clocks of machines differ.
struct shared_wait {
    shared_wait() = default;
    shared_wait(std::string requests, int at, duration lasting)
        : kind(std::move(requests)), dc(at), left(lasting) {}

    std::string kind;  ///< of requests: a method's schema name, or "download" for all that reads files
    int dc = 0;
    duration left{};

    bool operator==(const shared_wait&) const = default;
};

/// Thread safe. Servers count floods for an account, under whatever key it asks: each process that uses it,
/// or comes to use it, keeps the waits that another was told.
class shared_waits {
  public:
    virtual ~shared_waits() = default;

    /// Tells the others, soon; does not block. A longer wait of the same kind stands. Lost where the service
    /// does not work. `account`: a name that all of them use, as the user's id.
    virtual void publish(std::string_view account, const shared_wait& wait) = 0;

    /// Ends with its last copy, and waits for a call of `told` that is under way.
    using following = std::shared_ptr<const void>;
    /// `told` hears of the waits that hold now, before this returns where the service works, and of others as
    /// they come: on any thread, one at a time. It must not block. One may be told twice.
    [[nodiscard]] virtual following follow(std::string_view account,
                                           std::function<void(const shared_wait&)> told) = 0;
};

/// Of the clients in this process that are given the same one.
std::shared_ptr<shared_waits> memory_waits();

}  // namespace mtproto
