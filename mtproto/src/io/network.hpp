// Making and accepting connections.
#pragma once

#include "io/stream.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace mtproto::io {

struct endpoint {
    std::string host;  ///< an IPv4 or IPv6 address, or a name to resolve
    std::uint16_t port = 0;

    friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// "127.0.0.1:443", "[::1]:443"
std::string to_string(const endpoint& where);

class acceptor {
  public:
    virtual ~acceptor() = default;
    /// The next connection. errc::connection_closed once close() was called, or when the system gives none
    /// (too many open files, say); errc::cancelled.
    virtual awaitable<result<std::unique_ptr<stream>>> accept() = 0;
    /// Where it listens, with the port that was chosen when 0 was asked for.
    virtual endpoint local() const = 0;
    virtual void close() noexcept = 0;
};

class network {
  public:
    virtual ~network() = default;
    /// Errors: errc::connection_failed, errc::cancelled; the system's, where it opens no more files. No
    /// timeout of its own.
    virtual awaitable<result<std::unique_ptr<stream>>> connect(const endpoint& where) = 0;
    /// Port 0 asks for any free one. Errors: the system's, such as "address in use".
    virtual result<std::unique_ptr<acceptor>> listen(const endpoint& where) = 0;
};

}  // namespace mtproto::io
