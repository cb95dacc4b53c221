// A place that has a file: one account's data centre, or a CDN. A value, to which a pool of accounts can add.
#pragma once

#include "schedule/flood_gate.hpp"

#include <memory>

namespace mtproto::core {
class account_connections;
}

namespace mtproto::download {

class cdn_file;

/// Equal places share connections, flood gate and pace: the same data centre has connections and a gate of
/// its own for each account. A file_source chooses among the places of one account; stream_places among
/// accounts. A source of parts serves one place for all its life.
struct place {
    std::shared_ptr<core::account_connections> account;
    int dc = 0;                               ///< the file's data centre
    std::shared_ptr<cdn_file> cdn = nullptr;  ///< the CDN to which that sends the account, if it does

    /// The data centre or CDN that brings the parts.
    int serving_dc() const noexcept;
    /// Keeps the flood waits there. Lives as long as the account.
    schedule::flood_gate& gate() const;
    /// The same without the CDN.
    place behind_cdn() const { return {account, dc}; }

    bool operator==(const place&) const = default;
};

}  // namespace mtproto::download
