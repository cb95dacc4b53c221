// An account and the local data centre in one process and virtual time, with a file to download.
#pragma once

#include "client/account_connections.hpp"
#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "unit/client/wire_tap.hpp"

#include <mtproto/local_dc.hpp>
#include <mtproto/tl_api.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mtproto::test {

/// What is special about the client.
struct client_settings {
    client_settings() = default;

    transport over = transport::intermediate;
    bool forward_secrecy = true;
    core::account_options limits;
    duration clock_error{};  ///< of its calendar: how far it is ahead of the server's
};

/// Bytes, other ones at every place.
std::string some_file(std::size_t size = 1'500'000);  // not a whole number of parts

class local_cluster {
  public:
    explicit local_cluster(local_dc_options options = {}, client_settings settings = {},
                           std::string file = some_file());
    ~local_cluster();

    /// A new process with the same session file.
    void restart();
    void restart(client_settings settings);
    /// Sets the client's calendar; see client_settings::clock_error.
    void set_clock_error(duration error);

    /// What the client has written to its log with `part` in it.
    int logged(std::string_view part) const;
    /// The session as it is kept now.
    stored_session session() const { return store_->load().value().value(); }
    session_store& store() { return *store_; }

    io::simulation& world() { return world_; }
    wire_tap& wire() { return wire_; }
    const local_dc_info& info() { return servers_->info(); }
    core::account_connections& client() { return *client_; }
    const std::string& file() const { return file_; }
    void run(io::awaitable<void> task) { world_.run(std::move(task)); }
    /// Connects, and logs a bot in.
    void log_in();

  private:
    class skewed_timers;

    void stop_client();

    crypto::seeded_random random_{11};
    io::simulation world_;
    wire_tap wire_{world_.net()};
    std::filesystem::path folder_;
    std::string file_;
    std::optional<local_dc> servers_;
    std::shared_ptr<session_store> store_;
    client_settings settings_;
    std::unique_ptr<skewed_timers> clock_;
    std::vector<std::string> log_;
    std::shared_ptr<core::account_connections> client_;
};

template <class T>
void succeeded(const outcome<T>& what) {
    if (!what) throw error(what.error());
}

io::awaitable<void> connect_and_log_in(core::account_connections& client);

struct place {
    tl::inputDocumentFileLocation location;
    int dc = 0;
    std::int64_t size = 0;
};
io::awaitable<place> find_file(core::account_connections& client, const local_dc_info& about);

io::awaitable<void> get_part(core::file_connection& line, const place& from, std::int64_t offset,
                             std::string& into);

/// How many parts are asked for at once on each of the four lines.
enum class pace { all_at_once, one_by_one };

io::awaitable<void> fetch_file(local_cluster& all, std::string& into, pace how = pace::all_at_once);

}  // namespace mtproto::test
