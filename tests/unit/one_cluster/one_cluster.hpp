// One client and the local data centre with one file, in one process and virtual time.
#pragma once

#include "client/account_connections.hpp"
#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "localdc/access.hpp"
#include "unit/one_cluster/spoiled_network.hpp"

#include <mtproto/client.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mtproto::test {

inline constexpr std::size_t file_size = 3'300'001;  // no whole number of parts

const std::string& contents();

/// `count` bytes from `offset` of that file, or as many as there are, are what they should be.
io::awaitable<void> read_here(byte_stream& from, std::int64_t offset, std::size_t count);

class one_cluster {
  public:
    /// `rate`: bytes a second for each connection; 0: no limit.
    explicit one_cluster(std::vector<std::string> faults = {}, std::size_t budget = 4u << 20,
                         std::int64_t rate = 0, core::account_options limits = {})
        : one_cluster(serving(std::move(faults), rate), client_of(budget), limits) {}
    /// The options without a folder and a round-trip time, the configuration without the cluster.
    one_cluster(local_dc_options options, config settings, core::account_options limits = {});
    ~one_cluster();

    client& tg() { return *client_; }
    /// The inside of the client.
    std::shared_ptr<core::account_connections> account() { return account_.lock(); }
    media& file() { return file_; }
    const local_dc_info& info() const { return servers_->info(); }
    localdc::tally counts() const { return local_dc_access::counts(*servers_); }
    void run(io::awaitable<void> task) { world_.run(std::move(task)); }
    void settle() { world_.settle(); }
    io::awaitable<void> rest(duration time) { co_await world_.time().sleep_for(time); }
    /// In the background; `then` is called at its end, if it did not fail.
    void spawn(io::awaitable<void> task, std::function<void()> then);
    /// What the client has written to its log with `part` in it.
    int logged(std::string_view part) const;
    duration now() { return world_.time().now().time_since_epoch(); }

    /// What lies between client and cluster.
    spoiled_network& net() { return net_; }
    /// Whether it is a media-only address: the client is not told the others' ports by a file.
    bool is_media(const io::endpoint& where) const;
    /// Downloads all; nothing when that goes well.
    std::optional<failure> failure_of_download();

    /// Downloads all, which must go well.
    duration time_of_download();

    static local_dc_options serving(std::vector<std::string> faults, std::int64_t rate = 0) {
        local_dc_options made;
        made.faults = std::move(faults);
        made.rate = rate;
        return made;
    }
    static config client_of(std::size_t budget) {
        config made;
        made.byte_budget = budget;
        return made;
    }

  private:
    crypto::seeded_random random_{5};
    io::simulation world_;
    spoiled_network net_;
    std::filesystem::path folder_;
    std::optional<local_dc> servers_;
    std::weak_ptr<core::account_connections> account_;
    std::optional<client> client_;
    media file_;
    std::vector<std::string> log_;
};

}  // namespace mtproto::test
