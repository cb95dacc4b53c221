// Several accounts of one local data centre in a pool, in one process and virtual time.
#pragma once

#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "unit/one_cluster/spoiled_network.hpp"

#include <mtproto/local_dc.hpp>
#include <mtproto/pool.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::test {

/// Accounts are users with the ids 6001, 6002 ...; the film is message 2.
class pool_world {
  public:
    static constexpr std::int64_t first_user = 6001;
    static constexpr std::uint64_t film_seed = 77;

    struct options {
        int accounts = 2;
        std::int64_t film = 8 << 20;
        local_dc_options cluster{};
        pool_options pool{};
        std::uint64_t seed = 1;
        bool print = false;
    };

    explicit pool_world(options how);
    ~pool_world();
    pool_world(const pool_world&) = delete;
    pool_world& operator=(const pool_world&) = delete;

    struct outcome_of_read {
        std::int64_t bytes = 0;
        bool right = true;   ///< in order, and as the film is
        std::string failed;  ///< the error that ended it
        duration took{0};
        duration longest{0};  ///< between two chunks
        progress last;
        int most_waiting = 0;  ///< accounts that were said to wait
    };
    /// Reads a stream of message `message` to its end; `at` is called once when so many bytes have come.
    outcome_of_read read(stream_options how = {}, std::int64_t after = -1, std::function<void()> at = {},
                         const std::string& link = "https://t.me/demo/2", duration pause = duration{0});
    io::awaitable<void> read_one(std::string link, stream_options how, std::int64_t after,
                                 std::function<void()> at, duration pause, outcome_of_read& made);

    static std::int64_t user(int account) { return first_user + account; }
    static std::string name(int account) { return "account " + std::to_string(account); }
    int dc_of(int message) const;
    void run(io::awaitable<void> task) { sim.run(std::move(task)); }
    media resolve(const std::string& link);
    std::int64_t early() const { return cluster->counts().early_requests; }
    duration now() { return sim.time().now().time_since_epoch(); }

    crypto::seeded_random random;
    io::simulation sim{random};
    std::vector<std::string> log;
    std::vector<pool_account> gone;                      ///< those that left, or were frozen
    std::vector<std::unique_ptr<spoiled_network>> nets;  ///< of each account
    std::optional<local_dc> cluster;
    std::optional<mtproto::pool> tg;
};

}  // namespace mtproto::test
