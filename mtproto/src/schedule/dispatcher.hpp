// Dispatches parts to connections: wanted ones, hedges of late ones, new ones.
#pragma once

#include "schedule/action.hpp"
#include "schedule/admission.hpp"
#include "schedule/connection_table.hpp"
#include "schedule/hedging.hpp"
#include "schedule/part_list.hpp"
#include "schedule/range_settings.hpp"
#include "schedule/request_table.hpp"

#include <mtproto/window.hpp>

#include <optional>
#include <vector>

namespace mtproto::schedule {

/// Begins and ends the requests of one download. It works on the scheduler's tables, which outlive it.
class dispatcher {
  public:
    struct tables {
        const range_settings& range;
        lanes& strategy;
        admission& shared;
        connection_table& connections;
        part_list& parts;
        request_table& requests;
        hedging& hedges;
        std::vector<action>& actions;
    };

    explicit dispatcher(const tables& of);

    /// Asks for all that may be asked for now, the lowest offset first: what the reader waits for is never
    /// behind what it does not need yet. Whether a part waits for its turn on a shared connection.
    bool ask(admission::round& round);

    void drop(ticket id);
    /// Its requests end, and its data goes.
    void drop(part& one);
    /// Ends all that is under way on `connection`: the parts that are left without a request, in their order.
    std::vector<part*> take_from(time_point now, int connection);

    /// Connections that the strategy of `lane` wants.
    int target(int lane) const;
    /// Parts that are not here yet, about.
    std::int64_t parts_to_come() const;

  private:
    bool ask_for_wanted(admission::round& round);
    void hedge_late(admission::round& round);
    bool hedge(admission::round& round, part& one, int connection);
    bool ask_for_new(admission::round& round);
    ticket send(admission::round& round, const part_range& range, int number,
                std::optional<byte_budget::room> hedge_room = std::nullopt);

    bool may_ask(time_point now) const;
    part_range next_new(std::int32_t size) const;
    std::int32_t next_part_size() const;
    bool fits(const part_range& range) const;
    connection_choice choose_for(admission::round& round, const part& one) const;
    connection_choice choose_for_new(admission::round& round, const part_range& range) const;
    connection_choice choose(admission::round& round, const part_range& range,
                             const connection_wish& wish) const;

    const range_settings& range_;
    lanes& strategy_;
    admission& admission_;
    connection_table& connections_;
    part_list& parts_;
    request_table& requests_;
    hedging& hedging_;
    std::vector<action>& actions_;
};

}  // namespace mtproto::schedule
