// A client and a cluster in a simulation, watched from outside.
#include "faults/run.hpp"

#include "client/account_connections.hpp"
#include "crypto/seeded_random.hpp"
#include "crypto/sha.hpp"
#include "faults/cluster_key.hpp"
#include "faults/schedule.hpp"
#include "io/simulation.hpp"
#include "localdc/access.hpp"
#include "traffic/scenario.hpp"
#include "unit/one_cluster/served.hpp"
#include "unit/servers_of.hpp"

#include <mtproto/client.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

namespace mtproto::faults {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::size_t film_size = (4u << 20) + 1001;  // no whole number of parts
// Long enough at this rate to be under way still when a lasting fault begins.
constexpr std::size_t long_size = (16u << 20) + 1001;
constexpr std::int64_t long_rate = 1'000'000;
// From the beginning of a fault that lasts to the end of the download, whichever it is, besides waits that
// were announced: a minute in which not a byte comes, or until there is another way, and the rest over one
// connection.
constexpr duration longest_end = 120s;
// A minute, and what it takes to see whether other addresses serve.
constexpr duration longest_stall = 75s;
// Longer than all that a schedule can hold up, each after the other, with a client's patience on top.
constexpr duration patience = 30min;
// Until then the longest freeze is over, and whoever has been closed has noticed.
constexpr duration last_words = 5min;

const std::string& film(bool is_long) {
    static const std::string both[] = {test::file_of(film_size), test::file_of(long_size)};
    return both[is_long ? 1 : 0];
}

const localdc::server_key& key_of_cluster() {
    static const localdc::server_key made{crypto::rsa_private_key::from_pem(cluster_key).value(), {}};
    return made;
}

/// The folder that all runs serve.
const fs::path& folder() {
    struct temporary {
        temporary() {
            std::string name = (fs::temp_directory_path() / "mtproto-faults-XXXXXX").string();
            if (!::mkdtemp(name.data())) std::abort();
            path = name;
            std::ofstream(path / "film.bin", std::ios::binary) << film(false);
            std::ofstream(path / "long.bin", std::ios::binary) << film(true);
        }
        ~temporary() { fs::remove_all(path); }
        fs::path path;
    };
    static const temporary made;
    return made.path;
}

class one_run {
  public:
    one_run(const schedule& what, std::uint64_t seed, bool print)
        : random_(seed), what_(what), print_(print) {
        local_dc_options options;
        options.folder = folder().string();
        options.rtt = 20ms;
        if (what.lasting) options.rate = long_rate;
        cluster_.emplace(local_dc_access::make(world_.make_environment(log_of("server")), std::move(options),
                                               key_of_cluster()));
        cluster_->start();
    }
    ~one_run() {
        client_.reset();
        world_.settle();
        cluster_.reset();
        world_.settle();
    }

    outcome_of_run go(std::uint64_t seed) {
        outcome_of_run made;
        const std::string& scenario = what_.scenario;
        const bool final = any_final(traffic::parse_scenario(scenario).value(), cluster_->info().home_dc);
        made.final = what_.lasting ? !what_.other_way : final;
        media file;
        begin_client();
        world_.run(find(*client_, link(), file));
        begin_client();
        world_.run(connect(*client_));
        local_dc_access::set_scenario(*cluster_, scenario, seed);
        const time_point before = world_.time().now();
        download(file, made);
        made.took = world_.time().now() - before;
        if (what_.lasting && made.longest > what_.announced + longest_stall)
            made.complaint = "not a byte came for too long";
        // What answers each connection once brings a part now and then.
        const bool crawls = what_.scenario.find("silence") != what_.scenario.npos;
        if (what_.lasting && !crawls && made.took > what_.begins + what_.announced + longest_end)
            made.complaint = "no end in time";
        if (made.complaint.empty()) end(made);
        return made;
    }

  private:
    log_sink log_of(const char* who) {
        return [this, who](log_level level, std::string_view text) {
            if (print_) {
                const auto at = std::chrono::duration<double>(world_.time().now().time_since_epoch()).count();
                std::fprintf(stderr, "%10.3f %s: %.*s\n", at, who, static_cast<int>(text.size()),
                             text.data());
            }
            if (level == log_level::warning && text.find("before its flood wait was over") != text.npos)
                early_ = text;
        };
    }

    std::string link() const {
        return "https://t.me/demo/" + std::to_string(cluster_->info().messages.at(what_.lasting ? 1 : 0).id);
    }

    void begin_client() {
        config settings;
        settings.api.id = 1;
        settings.api.hash = "hash";
        settings.byte_budget = 4u << 20;
        settings.verification = verification::all;
        settings.session = session_;
        settings.servers = test::servers_of(cluster_->info());
        client_.reset();
        world_.settle();
        auto account =
            core::account_connections::make(world_.make_environment(log_of("client")), std::move(settings));
        account_ = account;
        client_.emplace(std::move(account));
    }

    static io::awaitable<void> connect(client& tg) { co_await tg.connect(); }
    static io::awaitable<void> find(client& tg, std::string link, media& into) {
        co_await tg.connect();
        co_await tg.login_bot("1:token");
        into = co_await tg.resolve(link);
    }

    io::awaitable<void> read_all(client& tg, const media& file, outcome_of_run& made) {
        const std::string& whole = film(what_.lasting);
        std::size_t at = 0;
        crypto::sha256_state sum;
        time_point last = world_.time().now();
        const auto note = [&] {
            made.longest = std::max(made.longest, world_.time().now() - last);
            last = world_.time().now();
        };
        try {
            byte_stream from = tg.open(file);
            while (const std::optional<chunk> part = co_await from.next()) {
                if (part->offset != static_cast<std::int64_t>(at)) made.complaint = "a chunk is out of order";
                sum.update(part->data.view());
                at += part->data.size();
                note();
            }
            made.whole = at == whole.size() && sum.finish() == crypto::sha256(as_bytes(whole));
            if (!made.whole) made.complaint = "wrong bytes";
        } catch (const error& thrown) {
            note();
            made.failed = thrown.what();
            if (made.failed.empty()) made.complaint = "an error that says nothing";
            if (!made.final) made.complaint = "fails though nothing final struck: " + made.failed;
        }
    }

    void download(const media& file, outcome_of_run& made) {
        try {
            world_.run(read_all(*client_, file, made), patience);
        } catch (const std::exception& hangs) {
            made.complaint = hangs.what();
        }
    }

    // Everything goes away, and nothing is left of it.
    void end(outcome_of_run& made) {
        client_.reset();
        const time_point until = world_.time().now() + last_words;
        for (world_.settle(); world_.time().anyone_waits() && world_.time().now() < until; world_.settle())
            world_.time().advance_to_next();
        if (!account_.expired()) made.complaint = "the client outlives itself";
        if (const std::size_t left = local_dc_access::connections(*cluster_); left != 0)
            made.complaint = std::to_string(left) + " connections are left";
        if (!early_.empty()) made.complaint = early_;
    }

    crypto::seeded_random random_;
    io::simulation world_{random_};
    const schedule& what_;
    bool print_;
    std::string early_;
    std::shared_ptr<session_store> session_ = memory_session();
    std::optional<local_dc> cluster_;
    std::weak_ptr<core::account_connections> account_;
    std::optional<client> client_;
};

}  // namespace

outcome_of_run run_schedule(const schedule& what, std::uint64_t seed, bool print) {
    return one_run(what, seed, print).go(seed);
}

}  // namespace mtproto::faults
