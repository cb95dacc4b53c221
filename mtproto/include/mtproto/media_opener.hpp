// Whatever opens media as streams: a client, or a pool of them.
#pragma once

#include <mtproto/byte_stream.hpp>
#include <mtproto/media.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <vector>

namespace mtproto {

/// Sinks that read a file more than once take one. Not thread safe: all is called on its executor.
class media_opener {
  public:
    virtual ~media_opener() = default;

    virtual boost::asio::any_io_executor get_executor() const noexcept = 0;
    /// As client::open().
    virtual byte_stream open(const media& file, byte_range range = {}, stream_options options = {}) = 0;
    /// As client::hashes().
    virtual boost::asio::awaitable<std::vector<file_hash>> hashes(media file, byte_range range = {}) = 0;

  protected:
    media_opener() = default;
    media_opener(const media_opener&) = default;
    media_opener& operator=(const media_opener&) = default;
};

}  // namespace mtproto
