// Where a download goes.
#pragma once

#include <mtproto/sink/sink.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace mtpipe {

struct destination {
    bool is_stdout = false;
    std::filesystem::path path;  ///< of the file, when it is none
};

/// What `-o out` means for a file of that name. A folder that is there, or a name that ends in /, takes the
/// file under its own name, with the ending .mp4 if `mp4`. Throws command_error.
destination choose_destination(const std::string& out, const std::string& name, bool mp4);

/// Throws mtproto::error (errc::io_failed).
std::unique_ptr<mtproto::sink::sink> open_sink(boost::asio::any_io_executor executor, const destination& to);

}  // namespace mtpipe
