// The wrappers around a query: invokeWithLayer, initConnection, gzip_packed and their like
// (protocol 5.2, 5.11).
#pragma once

#include "wire/container.hpp"

#include <mtproto/bytes.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace mtproto::localdc {

/// The bytes that one packet may inflate to. Nothing that clients of this server ask for comes near it.
inline constexpr wire::inflation packet_inflation{4u << 20, 8u << 20};

/// invokeWithLayer.
struct names_layer {
    int layer = 0;
};
/// initConnection.
struct tells_device {
    int api_id = 0;
    std::string device;  ///< and the program, as one text
};
/// invokeAfterMsg and invokeAfterMsgs.
struct comes_after {
    std::vector<std::int64_t> msg_ids;
};
/// invokeWithoutUpdates.
struct wants_no_updates {};

/// invokeWithTakeout.
struct within_takeout {
    std::int64_t id = 0;
};
/// invokeWithMessagesRange, which only a takeout may use.
struct within_range {};

/// A query without its wrappers.
struct unwrapped {
    /// What they said, outermost first.
    std::vector<
        std::variant<names_layer, tells_device, comes_after, wants_no_updates, within_takeout, within_range>>
        said{};
    bytes query{};
    /// The next wrapper is malformed, inflates to too much, or is one too many. `query` is that wrapper.
    bool broken = false;
};

/// Takes a query out of its wrappers, which takes work only once.
unwrapped unwrap(bytes boxed, wire::inflation& within);

}  // namespace mtproto::localdc
