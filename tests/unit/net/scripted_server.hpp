// A data centre for tests that answers what a test tells it to: encrypted sessions under a key that both
// sides have, no key exchange.
#pragma once

#include "base/buffer_pool.hpp"
#include "crypto/auth_key.hpp"
#include "io/event.hpp"
#include "io/simulation.hpp"
#include "wire/framing.hpp"
#include "wire/msg_id.hpp"

#include <mtproto/bytes.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mtproto::test {

/// One request as it arrived.
struct seen_request {
    int dc = 0;
    int connection = 0;  ///< counted from 1
    std::int64_t msg_id = 0;
    std::int64_t session_id = 0;
    std::uint32_t method = 0;  ///< constructor id of what was inside initConnection, if it was
    bytes body;                ///< of the same
    bool initialized = false;  ///< came inside invokeWithLayer(initConnection(...))
    std::string device;        ///< that was named there: its model, and its system's version
};

/// What to do about it.
struct scripted_answer {
    bytes body;                ///< boxed; empty: never answer
    duration after{};          ///< virtual time that it takes
    bool drop_line = false;    ///< close the connection instead
    bool close_after = false;  ///< close the connection right behind the answer
    bool break_key = false;    ///< send a packet that does not verify instead
    std::int32_t refuse = 0;   ///< send this transport error instead
};

scripted_answer reply(bytes body);
scripted_answer reply_error(int code, std::string text);

std::shared_ptr<const crypto::auth_key> key_of_test(std::uint64_t seed);

/// Must outlive the simulation's run; stop() before the simulation goes.
class scripted_server {
  public:
    using handler = std::function<scripted_answer(const seen_request&)>;

    scripted_server(io::simulation& world, int dc, io::endpoint where,
                    std::shared_ptr<const crypto::auth_key> key, handler answer);
    ~scripted_server();

    io::endpoint where() const;
    /// Closes all connections; new ones are accepted.
    void drop_lines();
    /// Refuses connections, until listen() is called.
    void stop();
    void listen();
    void set_handler(handler answer);
    /// Sessions under this key are known, too.
    void add_key(std::shared_ptr<const crypto::auth_key> key);
    /// Answers every packet with this transport error; 0: no longer.
    void refuse_all(std::int32_t code);

    const std::vector<seen_request>& seen() const;
    /// How many of them were this method.
    int count(std::uint32_t method) const;
    int connections() const;                         ///< accepted so far
    const std::set<std::int64_t>& dropped() const;   ///< msg_ids that rpc_drop_answer named
    const std::set<std::int64_t>& sessions() const;  ///< session ids seen

  private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace mtproto::test
