// The exit codes of mtpipe, and one line for people about each failure.
#pragma once

#include <mtproto/error.hpp>

#include <string>

namespace mtpipe {

/// docs/guide/mtpipe.md lists them: scripts rely on the numbers.
enum class exit_code {
    ok = 0,
    failed = 1,         ///< network, server, disk
    usage = 2,          ///< the command line, or a link that is none
    not_logged_in = 3,  ///< log in first, or again
    not_found = 4,      ///< no such channel or message, or nothing to download in it
    protected_content = 5,
    hung_up = 129,      ///< by SIGHUP: the terminal is gone
    interrupted = 130,  ///< by SIGINT
    terminated = 143,   ///< by SIGTERM
};

exit_code code_for(const mtproto::failure& what);

/// What went wrong and what to do next, without a newline.
std::string explain(const mtproto::failure& what);

/// Ends a command with a message of its own.
struct command_error {
    exit_code code;
    std::string message;
};

}  // namespace mtpipe
