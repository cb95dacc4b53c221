// What a part's failure means for the download.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>

namespace mtproto::download {

enum class trouble {
    flood,   ///< wait, all of this account
    retry,   ///< ask again a little later
    lost,    ///< the connection is gone
    repair,  ///< renew the reference, or go to another data centre or a CDN
    fatal,
};

struct verdict {
    trouble kind = trouble::fatal;
    duration wait{0};  ///< flood: how long; retry: at least so long
};

verdict judge(const failure& what);

}  // namespace mtproto::download
