// The coroutines that one download has under way at its source.
#pragma once

#include "download/task.hpp"
#include "schedule/action.hpp"

#include <unordered_map>

namespace mtproto::download {

struct part_request : task {
    schedule::request_part part;
    int version = 0;  ///< of the source when it was sent
};

/// Assigned anew, they are stopped in this order.
struct download_tasks {
    std::unordered_map<schedule::ticket, task_owner> requests;
    std::unordered_map<int, task_owner> opening;  ///< by connection
    task_owner look;                              ///< for other addresses
    task_owner wait_watch;
};

}  // namespace mtproto::download
