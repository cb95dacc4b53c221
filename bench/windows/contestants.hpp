// Strategies to compare: the library's, and what other engines do.
#pragma once

#include "schedule/request_pace.hpp"

#include <mtproto/window.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mtproto::bench {

/// `parts` at once over as many connections, and nothing new before the last of them is here: the streams of
/// bots, teldrive.
std::unique_ptr<window::strategy> batch_barrier(int parts, std::int32_t part_size);

/// Part n goes over connection n modulo `connections`, however fast or slow that is.
std::unique_ptr<window::strategy> static_interleave(int connections, int in_flight, std::int32_t part_size);

/// Telegram Desktop's controller: one session with 4 parts of 128 KiB at first; a success at a full window
/// widens it by one part, to 16; after 3 successes in every session there is one more, to 8; 4 answers slower
/// than 8 s take one away. It never narrows a window and hears nothing of flood waits.
std::unique_ptr<window::strategy> desktop_controller();

/// A fixed window that asks again for any of the next parts that is late, as players of torrents do.
std::unique_ptr<window::strategy> deadline_picker(int connections, int in_flight, std::int32_t part_size,
                                                  duration deadline);

/// Additive increase, multiplicative decrease: no limit until the first flood, then `first` of what flooded;
/// `later` of it at each further flood; in between `rise` of the last rate that flooded more in each second.
struct aimd_rules {
    double first = 0.5;
    double later = 0.5;
    double rise = 0.01;
};
std::unique_ptr<schedule::request_pace> aimd_pace(aimd_rules rules);

struct contestant {
    std::string name;
    std::function<std::unique_ptr<window::strategy>()> make;
    bool in_library = false;
    std::function<std::unique_ptr<schedule::request_pace>()> pace = nullptr;  ///< empty: the library's
};

const std::vector<contestant>& contestants();

}  // namespace mtproto::bench
