// Chooses and opens the place that a download goes to.
#include "output.hpp"

#include "exit_code.hpp"
#include "text.hpp"

#include <mtproto/error.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <iterator>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace mtpipe {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

/// Nothing tells when a pipe gets a reader.
constexpr std::chrono::milliseconds until_next_look(50);

/// What may stand behind the dot of a film's name: "Season 1. Ep 1" has no ending.
bool is_media_ending(std::string ending) {
    static constexpr std::string_view known[] = {
        ".3g2", ".3gp",  ".aac", ".ac3", ".asf", ".avi",  ".divx", ".dts", ".eac3", ".f4v",  ".flac",
        ".flv", ".m2ts", ".m2v", ".m4a", ".m4b", ".m4v",  ".mk3d", ".mka", ".mkv",  ".mov",  ".mp3",
        ".mp4", ".mpeg", ".mpg", ".mts", ".mxf", ".oga",  ".ogg",  ".ogm", ".ogv",  ".opus", ".qt",
        ".rm",  ".rmvb", ".ts",  ".vob", ".wav", ".webm", ".wma",  ".wmv"};
    for (char& c : ending)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return std::find(std::begin(known), std::end(known), ending) != std::end(known);
}

/// /dev/fd/7. One that is not there at the start must not be taken for a file: it would soon be a connection.
bool names_descriptor(const std::string& out) {
    std::error_code none;
    const fs::path folder = fs::canonical(fs::path(out).parent_path(), none);
    return folder == fs::path("/proc") / std::to_string(::getpid()) / "fd";
}

command_error no_descriptor(const std::string& out) {
    return {exit_code::failed, "cannot write " + out + ": Bad file descriptor"};
}

}  // namespace

made_folders::~made_folders() {
    std::error_code in_use;
    for (auto each = made_.rbegin(); each != made_.rend(); ++each)
        fs::remove(*each, in_use);
}

std::error_code made_folders::make(const fs::path& folder) {
    fs::path so_far;
    std::error_code failed;
    for (const fs::path& part : folder) {
        so_far /= part;
        if (part.empty()) continue;  // behind the last slash
        if (fs::create_directory(so_far, failed)) made_.push_back(so_far);
        if (failed) return failed;
    }
    return {};
}

destination choose_destination(const std::string& out, const std::string& name, const std::string& ending) {
    destination to{out};
    std::error_code failed;
    const bool folder = fs::is_directory(to.path, failed);
    if (!folder && !out.ends_with('/')) return to;
    if (!folder) {
        failed = to.folders.make(to.path);
        if (failed)
            throw command_error{exit_code::failed, "cannot make the folder " + out + ": " + failed.message() +
                                                       "; choose another -o"};
    }
    // The name comes from a server: nothing but a last part of a path.
    fs::path own = fs::path(name).filename();
    if (own.empty() || own == "." || own == "..") own = "download";
    if (!ending.empty()) {
        if (is_media_ending(own.extension().string())) own.replace_extension();
        own += ending;
    }
    to.path /= own;
    to.named_by_sender = true;
    return to;
}

void refuse_terminal(int descriptor, const std::string& name) {
    if (::isatty(descriptor) == 1)
        throw command_error{exit_code::usage, name + " is a terminal; give -o a file, or a pipe to -o -"};
}

asio::awaitable<std::optional<mtproto::sink::stream_output>> open_stream(asio::any_io_executor executor,
                                                                         std::string out) {
    if (out.ends_with('/')) co_return std::nullopt;
    std::optional<mtproto::sink::stream_output> found;
    asio::steady_timer pause(executor);
    bool told = ::isatty(STDERR_FILENO) != 1;
    for (;;) {
        try {
            found = mtproto::sink::stream_output::open(out);
            break;
        } catch (const mtproto::error& failed) {
            if (failed.code() != boost::system::errc::no_such_device_or_address) throw;
        }
        if (!std::exchange(told, true))
            std::fprintf(stderr, "%s waits for a reader\n", printable(out).c_str());
        pause.expires_after(until_next_look);
        co_await pause.async_wait(asio::use_awaitable);
    }
    if (!found && names_descriptor(out)) throw no_descriptor(out);
    if (!found) co_return found;
    // One of our own cannot have been meant.
    if (found->copied() && (::fcntl(*found->copied(), F_GETFD) & FD_CLOEXEC) != 0) throw no_descriptor(out);
    refuse_terminal(found->descriptor(), out);
    co_return found;
}

}  // namespace mtpipe
