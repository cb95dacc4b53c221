// One connection to a Redis server, for calls that wait for their answer.
#pragma once

#include "io/sockets.hpp"
#include "io/stream.hpp"
#include "store_redis/address.hpp"
#include "store_redis/reply.hpp"

#include <mtproto/store_redis.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::store_redis {

/// Sockets of Asio on a loop of its own, which runs while somebody waits: each call has a deadline. Made when
/// it is first needed, and again after it was lost. Used by one thread at a time.
class connection {
  public:
    /// Error: errc::bad_argument, for the URL or the certificates.
    static outcome<std::unique_ptr<connection>> make(const redis_options& options);

    /// The server's answer, which is no error. Whoever asks must bear that it is done twice: where a
    /// connection that was idle is lost, it is asked over a new one. Error: errc::session_file.
    outcome<reply> ask(const std::vector<std::string>& command);
    /// The same, and back by `deadline`.
    outcome<reply> ask(const std::vector<std::string>& command, time_point deadline);

    const std::string& name() const noexcept { return name_; }

  private:
    explicit connection(address to, duration timeout);

    outcome<reply> once(const std::vector<std::string>& command, time_point deadline);
    io::awaitable<outcome<reply>> talk(const std::vector<std::string>& command);
    io::awaitable<outcome<void>> open();
    io::awaitable<outcome<void>> introduce();
    io::awaitable<outcome<reply>> exchange(const std::vector<std::string>& command);
    failure failed(const std::string& why) const { return {errc::session_file, name_ + " " + why}; }

    address to_;
    std::string name_;
    duration timeout_;
    boost::asio::io_context loop_{1};
    io::socket_network net_;
    std::optional<boost::asio::ssl::context> tls_;
    std::shared_ptr<io::stream> stream_;
    reply_reader reader_;
};

/// EVAL of a script; the numbers and texts that follow are its ARGV.
std::vector<std::string> script(const char* text, std::vector<std::string> keys,
                                std::vector<std::string> arguments);

}  // namespace mtproto::store_redis
