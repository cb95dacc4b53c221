// The actions that a scheduler has its driver perform.
#pragma once

#include <cstdint>
#include <variant>

namespace mtproto::schedule {

/// Names one request, and the data that it brought. Never used twice by one scheduler; 0 is none.
using ticket = std::uint64_t;

/// Ask for `limit` bytes at `offset` over `connection`; answer with part_received, part_failed or flooded.
struct request_part {
    ticket id = 0;
    int connection = 0;
    std::int64_t offset = 0;
    std::int32_t limit = 0;
    std::int32_t length = 0;  ///< bytes that the answer must hold: fewer than `limit` at the end of the file
};

/// Forget this request: cancel it if it is under way, throw its data away if that is here, delivered or not.
/// No event must name it afterwards.
struct drop_part {
    ticket id = 0;
};

/// Make this connection ready; answer with connection_up or connection_lost.
struct open_connection {
    int connection = 0;
};

/// This connection will not be used until it is opened again.
struct close_connection {
    int connection = 0;
};

/// Nothing comes over this connection although parts are due: find out whether it is dead, reopen it if so,
/// and answer as to open_connection. Its parts have moved, unless there was nobody to take them.
struct check_connection {
    int connection = 0;
};

/// The data that `id` brought is next in order: its bytes `[skip, skip + length)` belong at `offset`.
/// After a seek, what was delivered and not read is void; what is still good is delivered again.
struct deliver_part {
    ticket id = 0;
    std::int64_t offset = 0;
    std::int64_t skip = 0;
    std::int64_t length = 0;
};

/// Not a byte has come for long: find out whether other addresses would bring the file, unless a server has
/// asked to wait; answer with excused or went_elsewhere, if anything.
struct look_elsewhere {};

/// Not a byte has come for so long that the download is to end: answer with broken, or with excused when a
/// server has asked to wait.
struct stalled {};

/// The event being handled was one too many: the download has failed with what that event reported.
/// Delivered bytes stay good; nothing more comes unless a seek begins anew.
struct give_up {};

using action = std::variant<request_part, drop_part, open_connection, close_connection, check_connection,
                            deliver_part, look_elsewhere, stalled, give_up>;

}  // namespace mtproto::schedule
