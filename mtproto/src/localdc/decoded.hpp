// From a query's bytes to a function that takes the decoded method.
#pragma once

#include "localdc/call.hpp"

#include <mtproto/tl/codec.hpp>

namespace mtproto::localdc {

/// Decodes a method and calls `run` with it.
template <class M, reply (*run)(call&, M&)>
reply decoded(call& now, const bytes& boxed) {
    auto query = tl::decode<M>(boxed);
    if (!query) throw refusal{400, "INPUT_FETCH_ERROR"};
    return run(now, *query);
}

/// The table entry of a method.
template <class M, reply (*run)(call&, M&)>
constexpr method entry(needs before, bool unbound = false, side at = side::cloud) {
    return {M::tl_id, M::tl_name, before, unbound, &decoded<M, run>, at};
}

}  // namespace mtproto::localdc
