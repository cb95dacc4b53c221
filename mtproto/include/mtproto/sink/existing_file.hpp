// What becomes of a file that has the name already.
#pragma once

namespace mtproto::sink {

enum class existing_file {
    /// The new one takes its place when it is whole, and keeps its mode. For names that the user chose.
    replace,
    /// It stays, and the new one is called "film (2).mkv", or by the next number that is free. For names that
    /// somebody else chose, as the sender of a message does. A link of that name is not followed.
    keep,
};

}  // namespace mtproto::sink
