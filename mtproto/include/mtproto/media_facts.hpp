// What a video, a sound or a picture states about itself.
#pragma once

#include <mtproto/clock.hpp>

namespace mtproto {

/// A document's sender states these facts; servers do not check them. 0 where nothing is stated.
struct media_facts {
    int width = 0;   ///< pixels
    int height = 0;  ///< pixels
    mtproto::duration duration{0};
};

}  // namespace mtproto
