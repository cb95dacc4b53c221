// Chooses and opens the place that a download goes to.
#include "output.hpp"

#include "exit_code.hpp"
#include "standard_output.hpp"

#include <mtproto/sink/file.hpp>

#include <unistd.h>

namespace mtpipe {

namespace fs = std::filesystem;

destination choose_destination(const std::string& out, const std::string& name, bool mp4) {
    if (out == "-") {
        if (::isatty(STDOUT_FILENO) == 1)
            throw command_error{exit_code::usage,
                                "standard output is a terminal; give -o a file, or a pipe to -o -"};
        return {true, {}};
    }
    destination to{false, out};
    std::error_code failed;
    const bool folder = fs::is_directory(to.path, failed);
    if (!folder && !out.ends_with('/')) return to;
    if (!folder) {
        fs::create_directories(to.path, failed);
        if (failed)
            throw command_error{exit_code::failed, "cannot make the folder " + out + ": " + failed.message() +
                                                       "; choose another -o"};
    }
    // The name comes from a server: nothing but a last part of a path.
    fs::path own = fs::path(name).filename();
    if (own.empty() || own == "." || own == "..") own = "download";
    if (mp4) own.replace_extension(".mp4");
    to.path /= own;
    return to;
}

std::unique_ptr<mtproto::sink::sink> open_sink(boost::asio::any_io_executor executor, const destination& to) {
    if (to.is_stdout) return std::make_unique<standard_output>(std::move(executor));
    return std::make_unique<mtproto::sink::file>(to.path);
}

}  // namespace mtpipe
