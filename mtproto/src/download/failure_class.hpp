// Failures of a download's requests, sorted by what is to be done about them.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>

namespace mtproto::download {

enum class failure_kind {
    flood,  ///< wait, all of this account
    retry,  ///< ask again a little later
    lost,   ///< the connection is gone
    renew,  ///< the file reference has expired
    fatal,
};

struct failure_class {
    failure_kind kind = failure_kind::fatal;
    duration wait{0};  ///< flood: how long; retry: at least so long
};

failure_class classify(const failure& why);

}  // namespace mtproto::download
