// One account of a pool: its client, whether it serves, and its counters.
#pragma once

#include "client/account_connections.hpp"
#include "pool/circuit_breaker.hpp"
#include "pool/learned_rate.hpp"
#include "schedule/flood_gate.hpp"

#include <mtproto/client.hpp>
#include <mtproto/pool.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace mtproto::pooling {

struct member {
    member(int own_number, std::string own_name, client own,
           std::shared_ptr<core::account_connections> inside)
        : number(own_number), name(std::move(own_name)), tg(std::move(own)), account(std::move(inside)) {}

    bool serves() const noexcept { return tg.has_value(); }
    /// Before its requests for files at `dc`.
    schedule::flood_gate& gate(int dc);
    /// The end of a flood wait of files at `dc`.
    std::optional<time_point> waits_until(int dc, time_point now);
    void brought(time_point now, std::int64_t count) noexcept {
        bytes += count;
        rate.add(now, count);
    }
    pool_account as_told(time_point now) const;

    int number;
    std::string name;
    std::optional<client> tg;  ///< none once it has left
    std::shared_ptr<core::account_connections> account;
    std::shared_ptr<const void> lease;
    bool premium = false;
    failure why;                                 ///< it has left, or is frozen
    std::map<int, circuit_breaker> circuits;     ///< by data centre
    std::map<int, schedule::flood_gate*> gates;  ///< that it has used
    learned_rate rate;
    std::int64_t bytes = 0;
    int streams = 0;
    int errors = 0;
};

}  // namespace mtproto::pooling
