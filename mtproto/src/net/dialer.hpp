// How a connection reaches a data centre: directly, or through what is put between.
#pragma once

#include "io/network.hpp"
#include "wire/framing.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>

#include <memory>
#include <string>

namespace mtproto::net {

/// A data centre's address, and what a proxy wants to know of it.
struct destination {
    int dc = 0;
    bool media = false;  ///< a media-only address
    bool test = false;
    io::endpoint address;
    duration time_offset{};  ///< the server's time minus this machine's, as far as it is known
    /// For reaching the first machine on the way: the server, or a proxy.
    duration connect_timeout = std::chrono::seconds(10);
};

/// A stream that packets can be framed on.
struct dialled {
    std::unique_ptr<io::stream> stream;
    wire::framing framing = wire::framing::intermediate;
    /// Whether the first frame names the framing; an obfuscated stream has done so by itself.
    bool send_tag = true;
};

class dialer {
  public:
    virtual ~dialer() = default;
    /// Errors: errc::connection_failed, proxy_failed, bad_argument, cancelled. The caller bounds the time.
    virtual io::awaitable<outcome<dialled>> dial(destination where) = 0;
    /// What dialling may take beyond connect_timeout: proxies connect on.
    virtual duration proxy_time() const { return {}; }
    /// What it connects to, for errors: the address, or the proxy.
    virtual std::string describe(const destination& where) const { return to_string(where.address); }
};

}  // namespace mtproto::net
