// A SOCKS5 proxy for tests, on pipes. Written for itself: it shares nothing with the client's side.
#pragma once

#include "io/simulation.hpp"

#include <memory>
#include <string>
#include <vector>

namespace mtproto::test {

/// Listens at `where` and connects on the simulation's network. Must outlive the simulation's run; stop()
/// before the simulation goes.
class socks5_proxy {
  public:
    struct rules {
        std::string user = {};  ///< empty: no login is asked for
        std::string password = {};
        int refusal = 0;            ///< answered instead of connecting
        std::string instead = {};   ///< sent in place of the first answer
        bool hang_up = false;       ///< closes after the first bytes
        bool named_address = true;  ///< the bound address is a name, else IPv4
        duration pause{};           ///< before it says that it has connected
        int login_version = 1;      ///< what its answer to a login begins with
        bool by_bytes = false;      ///< each byte of its answers comes by itself
    };

    socks5_proxy(io::simulation& world, io::endpoint where, rules how);
    ~socks5_proxy();

    /// Where clients asked to be connected to, as text.
    const std::vector<std::string>& asked() const;
    void stop();

  private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace mtproto::test
