// The simulator and the real engine agree: a whole client over the local data centre, in virtual time, takes
// as long as the simulator says.
#include "client/account_connections.hpp"
#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "localdc/access.hpp"
#include "sim/run.hpp"
#include "unit/one_cluster/served.hpp"
#include "unit/servers_of.hpp"

#include <mtproto/client.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

using namespace mtproto;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t simulated_size = 8u << 20;
constexpr std::size_t budget = 32u << 20;
constexpr std::int64_t mega = 1'000'000;

/// A client that has found its file, and the cluster that serves it.
class real_engine {
  public:
    explicit real_engine(const sim::scenario& like) : world_(random_) {
        std::string name = (fs::temp_directory_path() / "mtproto-download-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        std::ofstream(folder_ / "one.bin", std::ios::binary) << test::file_of(simulated_size);
        local_dc_options options;
        options.folder = folder_.string();
        options.rtt = like.rules.rtt;
        options.rate = like.rules.connection_rate;
        options.limits.account_rate = like.rules.account_rate;
        options.limits.most_connections = like.rules.most_connections;
        servers_.emplace(
            local_dc_access::make(world_.make_environment(), std::move(options), test::key_of_cluster()));
        servers_->start();
        config settings;
        settings.api.id = 1;
        settings.api.hash = "hash";
        settings.byte_budget = budget;
        settings.file_connections = like.connections;
        settings.servers = test::servers_of(servers_->info());
        client_.emplace(
            core::account_connections::make(world_.make_environment(), std::move(settings), nullptr, {}));
        world_.run(find(*client_, *servers_, file_));
    }
    ~real_engine() {
        client_.reset();
        world_.settle();
        servers_.reset();
        world_.settle();
        fs::remove_all(folder_);
    }

    /// How long the whole file takes, in seconds. Keys and logins are there before.
    double download(const sim::strategy_factory& strategy) {
        byte_stream warm_up = client_->open(file_, {0, 4096});
        world_.run(read(warm_up));
        byte_stream stream = client_->open(file_);
        stream.use(strategy());
        const time_point before = world_.time().now();
        world_.run(read(stream));
        CHECK(stream.position() == static_cast<std::int64_t>(simulated_size));
        return std::chrono::duration<double>(world_.time().now() - before).count();
    }

  private:
    static io::awaitable<void> find(client& tg, local_dc& servers, media& into) {
        co_await tg.connect();
        co_await tg.login_bot("1:token");
        const std::string link = "https://t.me/demo/" + std::to_string(servers.info().messages.at(0).id);
        into = co_await tg.resolve(link);
    }
    static io::awaitable<void> read(byte_stream& from) {
        std::int64_t at = from.position();
        while (const std::optional<chunk> part = co_await from.next())
            at += static_cast<std::int64_t>(part->data.size());
        CHECK(at == from.position());
    }

    crypto::seeded_random random_{5};
    io::simulation world_;
    fs::path folder_;
    std::optional<local_dc> servers_;
    std::optional<client> client_;
    media file_;
};

sim::scenario lines(duration rtt, std::int64_t rate) {
    sim::scenario made;
    made.rules.rtt = rtt;
    made.rules.connection_rate = rate;
    made.budget = budget;
    made.readers = {{simulated_size}};
    return made;
}

void agree(const sim::scenario& what, const sim::strategy_factory& strategy) {
    const sim::report simulated = sim::run(what, strategy);
    REQUIRE(simulated.complete());
    const double expected = std::chrono::duration<double>(simulated.took).count();
    const double real = real_engine(what).download(strategy);
    MESSAGE("real ", real, " s, simulated ", expected, " s");
    CHECK(real > expected * 0.85);
    CHECK(real < expected * 1.15);
}

}  // namespace

TEST_CASE("real engine and simulator take the same time: a sliding window that fills four lines") {
    agree(lines(20ms, mega), [] { return window::sliding(2, 4, 128 * 1024); });
    agree(lines(80ms, mega), [] { return window::sliding(2, 4, 256 * 1024); });
}

TEST_CASE("real engine and simulator take the same time: one request at a time") {
    agree(lines(80ms, 4 * mega), [] { return window::sequential(256 * 1024); });
}

TEST_CASE("real engine and simulator take the same time: an account's rate below that of its lines") {
    sim::scenario what = lines(40ms, mega);
    what.rules.account_rate = 2 * mega;
    agree(what, [] { return window::sliding(2, 4, 128 * 1024); });
}

TEST_CASE("real engine and simulator take the same time: the adaptive strategy on eight lines") {
    agree(lines(20ms, mega / 2), [] { return window::adaptive(); });
    agree(lines(80ms, mega / 2), [] { return window::adaptive(); });
}

TEST_CASE("real engine and simulator take the same time: a server that ends one connection too many") {
    sim::scenario what = lines(40ms, mega);
    what.rules.most_connections = 3;
    agree(what, [] { return window::adaptive(); });
}
