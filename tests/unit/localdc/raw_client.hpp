// A client written for these tests alone, on bare packets: it shares no rule of a session with the server.
#pragma once

#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "localdc/access.hpp"
#include "wire/envelope.hpp"
#include "wire/framing.hpp"
#include "wire/msg_id.hpp"

#include <mtproto/local_dc.hpp>
#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace mtproto::localdc::testing {

/// A key for all tests: making one takes a while.
const server_key& test_key();
/// The same for the CDN.
const server_key& test_cdn_key();

/// A folder that is removed at the end.
class temporary_folder {
  public:
    temporary_folder();
    ~temporary_folder();
    std::string path() const { return path_.string(); }
    void add(const std::string& name, byte_view data) const;

  private:
    std::filesystem::path path_;
};

/// `size` bytes that depend on their place.
std::vector<std::byte> pattern(std::size_t size);

/// A cluster in a simulation.
struct world {
    explicit world(local_dc_options options = {});

    io::endpoint where(int dc) const;
    void run(io::awaitable<void> task) { simulation.run(std::move(task)); }

    crypto::seeded_random random{7};
    io::simulation simulation{random};
    log_sink log;
    local_dc cluster;
};

struct received {
    std::int64_t msg_id = 0;
    std::int32_t seqno = 0;
    bytes body;
};

class raw_client {
  public:
    raw_client(world& in, int dc, wire::framing framing = wire::framing::intermediate);

    io::awaitable<void> connect();
    /// Connects and agrees on a permanent key, or one that expires.
    io::awaitable<void> make_key(std::optional<std::int32_t> expires_in = {});
    /// Connects, makes a key, says initConnection and signs in as a bot.
    io::awaitable<void> sign_in();
    /// The same as a user of this number.
    io::awaitable<void> sign_in_as_user(std::string phone = "15550107");

    /// Sends a message with the next numbers; returns its msg_id.
    io::awaitable<std::int64_t> send(bytes body, bool content = true);
    io::awaitable<void> send_numbered(bytes body, std::int64_t msg_id, std::int32_t seqno);
    /// Sends a message whose packet asks for a quick acknowledgement; returns the token that it has to carry.
    io::awaitable<std::uint32_t> send_for_quick_ack(bytes body);
    io::awaitable<void> send_plain(bytes body);
    /// The next packet, or nothing when the server has closed.
    io::awaitable<std::optional<wire::packet>> next_packet();
    /// The next message, containers taken apart. Fails the test when the server closes.
    io::awaitable<received> next();
    /// The next message that has this constructor.
    io::awaitable<bytes> next_of(std::uint32_t id);
    /// The answer to a query: a result, or an rpc_error.
    io::awaitable<bytes> answer_to(std::int64_t msg_id);
    io::awaitable<bytes> call(bytes query);
    /// The error's text, or "" for a result.
    io::awaitable<std::string> error_of(bytes query);

    /// auth.sendCode, with initConnection around it: the code's hash.
    io::awaitable<std::string> send_code(std::string phone);
    /// The error of auth.signIn, or "".
    io::awaitable<std::string> sign_in_with(std::string phone, std::string hash, std::string code);

    std::int64_t new_msg_id() { return ids.next(in_.simulation.time().unix_now()); }
    std::int32_t next_seqno(bool content) {
        const std::int32_t made = 2 * contents + (content ? 1 : 0);
        contents += content ? 1 : 0;
        return made;
    }

    std::shared_ptr<const crypto::auth_key> key;
    std::int64_t salt = 0;
    std::int64_t session_id = 0x1122334455667788;
    wire::client_msg_ids ids;
    std::int32_t contents = 0;
    std::unique_ptr<io::stream> stream;
    std::int64_t user = 0;
    /// Of each packet, in place of what the padded framing draws.
    std::optional<std::uint32_t> padding;

  private:
    io::awaitable<bytes> plain_call(bytes body);
    io::awaitable<void> write(const wire::packet& data, bool quick_ack = false);

    world& in_;
    int dc_;
    wire::framing framing_;
    buffer_pool pool_;
    std::optional<wire::frame_reader> reader_;
    std::optional<wire::frame_writer> writer_;
    std::deque<received> ready_;
    wire::client_msg_ids plain_ids_;
};

/// invokeWithLayer(layer, initConnection(query)).
bytes with_layer(bytes query, int layer = tl::api_layer, std::string device = "test");

}  // namespace mtproto::localdc::testing
