// The reasons for which a part may not be asked for now.
#pragma once

namespace mtproto::schedule {

/// The later of two is the stronger reason.
enum class refusal {
    none,        ///< it may
    window,      ///< the connection is not up, or has as much under way as the strategy wants
    flood,       ///< the account waits, as the server asked it to
    pace,        ///< the account has sent as fast as floods have taught
    turn,        ///< others go first on the connection
    read_ahead,  ///< the download holds as much as it may
    budget,      ///< the client's downloads hold as much as they may
};

}  // namespace mtproto::schedule
