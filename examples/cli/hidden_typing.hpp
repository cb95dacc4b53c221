// A terminal that does not show what is typed.
#pragma once

#include <string>

namespace mtpipe {

/// While there is one, echo is off. A process that stops, or ends by a signal, leaves the terminal with its
/// echo; one that goes on after a stop turns it off again and repeats the question. One at a time.
class hidden_typing {
  public:
    explicit hidden_typing(const std::string& question);
    ~hidden_typing();
    hidden_typing(const hidden_typing&) = delete;
    hidden_typing& operator=(const hidden_typing&) = delete;
};

}  // namespace mtpipe
