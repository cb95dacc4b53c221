// Where a download goes.
#pragma once

#include <mtproto/sink/stream_output.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace mtpipe {

/// Folders that were made for a download. Without keep() they go again, unless something is in them.
class made_folders {
  public:
    made_folders() = default;
    made_folders(made_folders&&) = default;
    made_folders& operator=(made_folders&&) = delete;
    ~made_folders();

    /// Makes `folder` and those above it that are not there.
    std::error_code make(const std::filesystem::path& folder);
    void keep() noexcept { made_.clear(); }

  private:
    std::vector<std::filesystem::path> made_;  ///< outermost first
};

struct destination {
    std::filesystem::path path;
    made_folders folders = {};
    bool named_by_sender = false;  ///< a name that nobody chose here
};

/// Where `-o out` leads for a file of that name, unless it is no file at all. A folder that is there, or a
/// name that ends in /, takes the file under its own name; for a changed container, with its `ending` in
/// place of the ending of a media file, or behind it. Throws command_error.
destination choose_destination(const std::string& out, const std::string& name,
                               const std::string& ending = {});

/// What `-o out` names that is no file: a pipe, a socket, /dev/fd/3. Nothing where a file is, or is to be. A
/// pipe's reader is awaited. To be called before descriptors of our own take numbers that `out` may mean.
/// Throws command_error for a terminal, mtproto::error.
boost::asio::awaitable<std::optional<mtproto::sink::stream_output>> open_stream(
    boost::asio::any_io_executor executor, std::string out);

/// Throws command_error: what comes would be no text.
void refuse_terminal(int descriptor, const std::string& name);

}  // namespace mtpipe
