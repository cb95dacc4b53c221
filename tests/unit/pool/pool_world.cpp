// Signs accounts in, and reads streams of the pool.
#include "unit/pool/pool_world.hpp"

#include "client/account_connections.hpp"
#include "localdc/access.hpp"
#include "localdc/generated.hpp"
#include "unit/one_cluster/served.hpp"
#include "unit/servers_of.hpp"

#include <mtproto/login.hpp>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace mtproto::test {
namespace {

class silent_ui final : public login_ui {
  public:
    explicit silent_ui(std::string number) : number_(std::move(number)) {}
    io::awaitable<std::optional<std::string>> phone_number() override { co_return number_; }
    io::awaitable<std::optional<std::string>> code(const code_info&) override { co_return "12345"; }
    io::awaitable<std::optional<std::string>> password(const std::string&) override {
        co_return std::nullopt;
    }
    void wrong(const std::string&) override {}

  private:
    std::string number_;
};

io::awaitable<void> sign_in(client& tg, std::string number) {
    silent_ui ui(std::move(number));
    co_await tg.connect();
    co_await tg.login(ui);
}

std::string number_of(int account) {
    return "1555010" + std::to_string(account);
}

}  // namespace

pool_world::pool_world(options how) : random(how.seed) {
    const auto log_of = [this, print = how.print](std::string who) {
        return [this, who, print](log_level level, std::string_view line) {
            if (print)
                std::fprintf(stderr, "%8.3f %s: %.*s\n", std::chrono::duration<double>(now()).count(),
                             who.c_str(), static_cast<int>(line.size()), line.data());
            if (level == log_level::warning) log.emplace_back(line);
        };
    };
    for (int i = 0; i < how.accounts; ++i) {
        local_account one;
        one.id = user(i);
        one.phone = number_of(i);
        how.cluster.accounts.push_back(one);
    }
    how.cluster.generated_files.insert(how.cluster.generated_files.begin(),
                                       {"film.bin", how.film, film_seed});
    cluster.emplace(local_dc_access::make(sim.make_environment(log_of("server")), std::move(how.cluster),
                                          key_of_cluster(), key_of_cluster()));
    cluster->start();
    how.pool.log = log_of("pool");
    how.pool.on_leave = [this](const pool_account& one) { gone.push_back(one); };
    tg.emplace(sim.executor(), std::move(how.pool));
    for (int i = 0; i < how.accounts; ++i) {
        io::environment around = sim.make_environment(log_of(name(i)));
        nets.push_back(std::make_unique<spoiled_network>(*around.net, sim.time()));
        around.net = nets.back().get();
        config settings;
        settings.api = {1, "hash"};
        settings.servers = servers_of(cluster->info());
        client one(core::account_connections::make(std::move(around), std::move(settings)));
        run(sign_in(one, number_of(i)));
        tg->add(name(i), std::move(one));
    }
}

pool_world::~pool_world() {
    tg.reset();
    sim.settle();
    cluster.reset();
    sim.settle();
}

int pool_world::dc_of(int message) const {
    const auto& all = cluster->info().messages;
    return std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == message; })->dc;
}

media pool_world::resolve(const std::string& link) {
    media found;
    run([](pool& from, std::string what, media& into) -> io::awaitable<void> {
        into = co_await from.resolve(std::move(what));
    }(*tg, link, found));
    return found;
}

io::awaitable<void> pool_world::read_one(std::string link, stream_options how, std::int64_t after,
                                         std::function<void()> at, duration pause, outcome_of_read& made) {
    how.on_progress = [&made, told = std::move(how.on_progress)](const progress& p) {
        made.last = p;
        if (p.wait) made.most_waiting = std::max(made.most_waiting, p.wait->accounts);
        if (told) told(p);
    };
    const time_point began = sim.time().now();
    time_point last = began;
    std::vector<std::byte> expected;
    try {
        const media film = co_await tg->resolve(std::move(link));
        byte_stream from = tg->open(film, {}, std::move(how));
        while (const std::optional<chunk> part = co_await from.next()) {
            const time_point here = sim.time().now();
            made.longest = std::max(made.longest, here - last);
            last = here;
            expected.resize(part->data.size());
            localdc::generate_bytes(film_seed, part->offset, expected);
            made.right = made.right && part->offset == made.bytes &&
                         std::equal(expected.begin(), expected.end(), part->data.view().begin());
            made.bytes += static_cast<std::int64_t>(part->data.size());
            if (at && made.bytes >= after) std::exchange(at, nullptr)();
            if (pause > duration{0}) {
                if (const auto slept = co_await sim.time().sleep_for(pause); !slept) co_return;
                last = sim.time().now();
            }
        }
    } catch (const error& thrown) {
        made.failed = thrown.what();
        made.longest = std::max(made.longest, sim.time().now() - last);
    }
    made.took = sim.time().now() - began;
}

pool_world::outcome_of_read pool_world::read(stream_options how, std::int64_t after, std::function<void()> at,
                                             const std::string& link, duration pause) {
    outcome_of_read made;
    run(read_one(link, std::move(how), after, std::move(at), pause, made));
    return made;
}

}  // namespace mtproto::test
