// The log hook: the library writes nowhere by itself, it calls what the embedder gave it.
#pragma once

#include <functional>
#include <string_view>

namespace mtproto {

enum class log_level { debug, info, warning, error };

/// Called with a whole line and no newline. Never gets a key, a salt, a session id, a code or a password.
/// May be called from any thread that runs the library. A client's may throw (config); one of a cluster or a
/// remux must not.
using log_sink = std::function<void(log_level, std::string_view)>;

}  // namespace mtproto
