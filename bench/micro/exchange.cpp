// What a client's side of the key exchange costs, with the prime known and with the two proofs of an unknown
// one.
#define DOCTEST_CONFIG_DISABLE  // the scripted server's assertions: its tests run them
#include "crypto/dh.hpp"
#include "crypto/seeded_random.hpp"
#include "handshake/client.hpp"
#include "scripted_server.hpp"
#include "wire/envelope.hpp"

#include <benchmark/benchmark.h>

#include <ctime>

namespace {

using namespace mtproto;

constexpr unix_time now = std::chrono::seconds(1'700'000'000);

double cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// CPU seconds that the client spends between its first packet and the key; the server's part is not counted.
double exchange(std::uint64_t seed) {
    test::scripted_server server;
    crypto::seeded_random random(seed);
    handshake::options how;
    how.dc = 2;
    how.keys = {test::server_key().public_key()};
    double spent = -cpu_seconds();
    handshake::client client(std::move(how), random);
    std::optional<wire::packet> out = client.start(now);
    spent += cpu_seconds();
    while (out) {
        const wire::plain_message request = wire::read_plain(*out).value();
        const wire::packet answer = wire::write_plain(request.msg_id + 1, server.answer(request.body));
        spent -= cpu_seconds();
        auto next = client.receive(answer, now);
        spent += cpu_seconds();
        if (!next) return -1;
        out = std::move(*next);
    }
    return client.done() ? spent : -1;
}

void auth_key_client(benchmark::State& state) {
    std::uint64_t seed = 0;
    for (auto _ : state) {
        const double spent = exchange(++seed);
        if (spent < 0) state.SkipWithError("the exchange failed");
        state.SetIterationTime(spent);
    }
}
BENCHMARK(auth_key_client)->UseManualTime()->Unit(benchmark::kMillisecond);

void prove_prime(benchmark::State& state) {
    for (auto _ : state)
        if (!crypto::check_dh_group(crypto::telegram_dh_g, crypto::telegram_dh_prime(), {}))
            state.SkipWithError("the prime was refused");
}
BENCHMARK(prove_prime)->Unit(benchmark::kMillisecond);

}  // namespace
