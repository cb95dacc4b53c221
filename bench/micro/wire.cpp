// What it costs to open, seal and unframe packets that carry a file's part.
#include "base/buffer_pool.hpp"
#include "crypto/seeded_random.hpp"
#include "wire/envelope.hpp"
#include "wire/framing.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace {

using namespace mtproto;
using namespace mtproto::wire;

constexpr std::size_t part_size = 512u << 10;        // what a download asks for at a time
constexpr std::size_t answer_size = part_size + 28;  // with rpc_result and upload.file around it

std::shared_ptr<const crypto::auth_key> some_key() {
    crypto::seeded_random random(1);
    std::array<std::byte, 256> data;
    random.fill(data);
    return std::make_shared<crypto::auth_key>(data);
}

void set_bytes(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
}

// Opening decrypts in place, so each round begins with fresh copies of the ciphertexts: their cost is
// reported by copy_packets and is part of these figures.
void open_packets(benchmark::State& state) {
    const auto key = some_key();
    crypto::seeded_random random(2);
    const sealed made = seal(key, role::server, {}, std::vector<std::byte>(answer_size), random);
    std::vector<packet> packets(static_cast<std::size_t>(state.range(0)));
    for (packet& each : packets)
        each = packet::copy(made.data.view());
    for (auto _ : state) {
        std::vector<std::unique_ptr<decryption>> decryptions;
        std::vector<decryption*> all;
        for (const packet& each : packets) {
            std::copy_n(made.data.view().data(), made.data.size, each.span().data());
            decryptions.push_back(std::make_unique<decryption>(open_job{each, key, role::client}, each.size));
            all.push_back(decryptions.back().get());
        }
        advance(all);
        if (!all.back()->finish()) state.SkipWithError("a packet did not open");
    }
    set_bytes(state, packets.size() * part_size);
}
BENCHMARK(open_packets)->Arg(1)->Arg(2)->Arg(4)->Arg(8);

void copy_packets(benchmark::State& state) {
    const std::vector<std::byte> from(answer_size);
    std::vector<std::vector<std::byte>> to(static_cast<std::size_t>(state.range(0)), from);
    for (auto _ : state)
        for (auto& one : to) {
            std::copy(from.begin(), from.end(), one.begin());
            benchmark::DoNotOptimize(one.data());
        }
    set_bytes(state, to.size() * part_size);
}
BENCHMARK(copy_packets)->Arg(1)->Arg(8);

void seal_packets(benchmark::State& state) {
    const auto key = some_key();
    crypto::seeded_random random(3);
    buffer_pool pool(64u << 20);
    const auto count = static_cast<std::size_t>(state.range(0));
    for (auto _ : state) {
        std::vector<seal_job> jobs;
        for (std::size_t i = 0; i < count; ++i)
            jobs.push_back({draft(answer_size, random, &pool), key, role::server, {}, {}});
        seal_batch(jobs);
    }
    set_bytes(state, count * part_size);
}
BENCHMARK(seal_packets)->Arg(1)->Arg(4);

void open_small_packet(benchmark::State& state) {
    const auto key = some_key();
    crypto::seeded_random random(4);
    const sealed made = seal(key, role::server, {}, std::vector<std::byte>(100), random);
    packet data = packet::copy(made.data.view());
    for (auto _ : state) {
        std::copy_n(made.data.view().data(), made.data.size, data.span().data());
        benchmark::DoNotOptimize(open(data, key, role::client));
    }
}
BENCHMARK(open_small_packet);

// From a socket's reads to packets: one copy, which stands for the kernel's.
void unframe(benchmark::State& state, framing kind) {
    crypto::seeded_random random(5);
    buffer_pool pool;
    std::vector<std::byte> payload(answer_size + 84);
    payload[0] = std::byte{1};
    frame_reader reader(role::client, kind, pool);
    frame_writer writer(role::server, kind, random);
    const auto take = [&reader](byte_view data) {
        while (!data.empty()) {
            const byte_span room = reader.prepare();
            const std::size_t step = std::min(room.size(), data.size());
            std::copy_n(data.begin(), step, room.begin());
            if (!reader.commit(step)) std::abort();
            data = data.subspan(step);
        }
    };
    for (auto _ : state) {
        const frame around = writer.wrap(payload);
        take(around.header());
        take(payload);
        take(around.trailer());
        if (!reader.next()) state.SkipWithError("no packet");
    }
    set_bytes(state, part_size);
}
BENCHMARK_CAPTURE(unframe, intermediate, framing::intermediate);
BENCHMARK_CAPTURE(unframe, full, framing::full);

}  // namespace
