// Tests of your own without ports, sleeps or chance: client and data centres in one process, in virtual time.
#pragma once

#include <mtproto/client.hpp>
#include <mtproto/clock.hpp>
#include <mtproto/config.hpp>
#include <mtproto/local_dc.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace mtproto::testing {

/// The requests that a cluster has served since its start.
struct served {
    std::int64_t connections = 0;  ///< that it accepted
    std::int64_t parts = 0;        ///< of files, that it has sent
};

/// A network of pipes and a clock that stands still while anything can run. So a flood wait of an hour takes
/// milliseconds, and a test takes the same course each time: chance follows the seed.
///
///     mtproto::testing::world world;
///     mtproto::local_dc_options options;
///     options.generated_files.push_back({"film.mkv", 8 << 20, 1});
///     options.scenario = "on getFile 5..8: flood-wait 3";
///     mtproto::local_dc cluster = world.cluster(options);
///     mtproto::client tg = world.client(cluster);
///     world.run(download(tg, "https://t.me/demo/2"));        // a coroutine of yours
///     assert(world.now() >= began + 3s);
///
/// A cluster takes any number of clients, each with an account of its own; local_dc has their states, waits
/// and counts. docs/testing.md has the grammar of scenarios. Clients, clusters, streams and whatever else
/// uses executor() are destroyed before the world: declare it first. Not thread safe; nothing else may run
/// its executor, so a blocking_reader cannot be used here.
class world {
  public:
    explicit world(std::uint64_t seed = 1);
    ~world();
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    /// Data centres, started, at addresses of this world. Their RSA key is made once in a process, unless the
    /// options name a folder. Throws as local_dc does.
    local_dc cluster(local_dc_options options = {});
    /// A client of this world; settings.random is not used. Where `settings` name no application, one is
    /// made up.
    mtproto::client client(config settings);
    /// The same for a cluster of this world, whose addresses and key take the place of settings.servers.
    mtproto::client client(const local_dc& of, config settings = {});

    /// Runs `task` to its end and moves the time whenever nothing else can run. Rethrows what it throws.
    /// Throws std::runtime_error when it can never end, as nothing runs and nothing waits for a time, and
    /// when it goes on once `limit` has passed; the task is left suspended then.
    void run(boost::asio::awaitable<void> task, duration limit = std::chrono::hours(48));
    /// The same with a result.
    template <class T>
    T run(boost::asio::awaitable<T> task, duration limit = std::chrono::hours(48)) {
        std::optional<T> made;
        run(keep(std::move(task), made), limit);
        return std::move(*made);
    }
    /// Lets so much time pass, and everything run that is due meanwhile.
    void advance(duration time);
    /// Lets everything run that can while the time stands still.
    void settle();

    /// What coroutines are spawned on that run beside a task: they go on in run(), advance() and settle().
    boost::asio::any_io_executor executor();
    time_point now() const;
    unix_time unix_now() const;
    /// Waits for a time in a coroutine of this world, where Asio's own timers would wait for the machine's.
    boost::asio::awaitable<void> sleep(duration time);

    /// What goes wrong from now on, in a cluster of this world that had neither faults nor a scenario. Times
    /// count from now, the numbers of connections from the cluster's start. Throws errc::bad_argument.
    static void set_scenario(local_dc& of, const std::string& scenario, std::uint64_t seed = 0);
    /// Clients' connections that are open.
    static std::size_t open_connections(const local_dc& of);
    static served counts(const local_dc& of);

  private:
    template <class T>
    static boost::asio::awaitable<void> keep(boost::asio::awaitable<T> task, std::optional<T>& into) {
        into.emplace(co_await std::move(task));
    }

    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace mtproto::testing
