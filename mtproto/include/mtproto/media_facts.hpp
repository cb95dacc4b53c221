// What a document states about a picture or a film.
#pragma once

namespace mtproto {

/// The facts that a document states about itself; servers do not check them.
struct media_facts {
    int width = 0;        ///< pixels
    int height = 0;       ///< pixels
    double duration = 0;  ///< seconds
};

}  // namespace mtproto
