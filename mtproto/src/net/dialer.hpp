// How a connection reaches a data centre: directly, or through what is put between.
#pragma once

#include "io/network.hpp"
#include "wire/framing.hpp"

#include <mtproto/error.hpp>

#include <memory>

namespace mtproto::net {

/// A data centre's address, and what a proxy wants to know of it.
struct destination {
    int dc = 0;
    bool media = false;  ///< a media-only address
    bool test = false;
    io::endpoint address;
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
    /// Errors: errc::connection_failed, errc::cancelled. The caller bounds the time.
    virtual io::awaitable<outcome<dialled>> dial(destination where) = 0;
};

/// Straight to the address, with one framing.
class direct_dialer final : public dialer {
  public:
    direct_dialer(io::network& over, wire::framing framing) : network_(&over), framing_(framing) {}
    io::awaitable<outcome<dialled>> dial(destination where) override;

  private:
    io::network* network_;
    wire::framing framing_;
};

}  // namespace mtproto::net
