// How often each account may ask for a method at a data centre, and the waits that it was told.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/local_dc.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace mtproto::localdc {

/// Each account has waits of its own for each method and data centre. Pure: the caller brings the time.
class method_floods {
  public:
    struct subject {
        std::int64_t user = 0;
        std::string_view method;
        int dc = 0;
    };
    struct refusal {
        std::chrono::seconds wait;
        bool begins = false;  ///< and does not only repeat one
    };

    explicit method_floods(std::vector<local_flood> rules) : rules_(std::move(rules)) {}

    /// Whether anybody can be told to wait.
    bool any() const noexcept { return !rules_.empty() || !kept_.empty(); }
    /// A request comes: nothing, or how long its account has to wait.
    std::optional<refusal> ask(const subject& who, time_point now);
    /// From now on an account is to wait, whatever the rules say.
    void hold(const subject& who, time_point now, std::chrono::seconds wait);

  private:
    struct record {
        time_point window_began{};
        int requests = 0;
        std::optional<time_point> until{};
    };
    using key = std::tuple<std::int64_t, std::string, int>;

    const local_flood* rule_for(const subject& who) const;

    std::vector<local_flood> rules_;
    std::map<key, record> kept_;
};

}  // namespace mtproto::localdc
