// A remux of an input of another kind than a stream, as tests have.
#pragma once

#include "blocking/input.hpp"

#include <mtproto/sink/remux.hpp>

#include <memory>

namespace mtproto {

struct remux_access {
    static sink::remux make(std::unique_ptr<blocking::input> from, sink::remux_options options);
};

}  // namespace mtproto
