// Small files that the user names.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>

namespace mtpipe {

/// All of a regular file of at most `most` bytes. Waits for nobody: what is no file is refused. Throws
/// command_error, whose text begins with "cannot read" and the path.
std::string read_file(const std::string& path, std::size_t most);

/// The first line of a file, as a pipe is one, too (`<(...)`, /dev/fd/3): it is awaited, so that Ctrl-C is
/// heard meanwhile. `most`: bytes that it may have. Throws command_error.
boost::asio::awaitable<std::string> first_line_of(boost::asio::any_io_executor executor, std::string path,
                                                  std::size_t most);

}  // namespace mtpipe
