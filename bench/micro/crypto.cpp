// What the ciphers and digests cost, alone and side by side.
#include "crypto/aes_ctr.hpp"
#include "crypto/aes_ige.hpp"
#include "crypto/ige_sha256.hpp"
#include "crypto/pq.hpp"
#include "crypto/rsa.hpp"
#include "crypto/seeded_random.hpp"
#include "crypto/sha.hpp"

#include <benchmark/benchmark.h>

#include <vector>

namespace {

using namespace mtproto;
using namespace mtproto::crypto;

constexpr std::size_t part_size = 512u << 10;  // what a download asks for at a time

struct streams {
    std::vector<std::vector<std::byte>> data;
    std::vector<ige_key> keys;

    explicit streams(std::size_t count, std::size_t size = part_size)
        : data(count, std::vector<std::byte>(size)), keys(count) {
        seeded_random random(1);
        for (auto& one : data)
            random.fill(one);
        for (auto& key : keys) {
            random.fill(key.key.span());
            random.fill(key.iv.span());
        }
    }
    std::int64_t bytes() const { return static_cast<std::int64_t>(data.size() * data.front().size()); }
};

void set_bytes(benchmark::State& state, std::int64_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bytes);
}

void ige_decrypt(benchmark::State& state, engine how) {
    streams all(static_cast<std::size_t>(state.range(0)));
    std::vector<ige_job> jobs;
    for (std::size_t i = 0; i < all.data.size(); ++i)
        jobs.push_back({all.data[i], &all.keys[i]});
    for (auto _ : state)
        aes_ige_decrypt_batch(jobs, how);
    set_bytes(state, all.bytes());
}
BENCHMARK_CAPTURE(ige_decrypt, best, engine::best)->DenseRange(1, 8)->Arg(16);
BENCHMARK_CAPTURE(ige_decrypt, portable, engine::portable)->Arg(1);

void ige_encrypt(benchmark::State& state) {
    streams all(static_cast<std::size_t>(state.range(0)));
    std::vector<ige_job> jobs;
    for (std::size_t i = 0; i < all.data.size(); ++i)
        jobs.push_back({all.data[i], &all.keys[i]});
    for (auto _ : state)
        aes_ige_encrypt_batch(jobs);
    set_bytes(state, all.bytes());
}
BENCHMARK(ige_encrypt)->Arg(1)->Arg(4)->Arg(8);

void sha256_side_by_side(benchmark::State& state, engine how) {
    streams all(static_cast<std::size_t>(state.range(0)));
    std::vector<sha256_job> jobs;
    for (const auto& one : all.data)
        jobs.push_back({{}, one, {}});
    for (auto _ : state)
        sha256_batch(jobs, how);
    set_bytes(state, all.bytes());
}
BENCHMARK_CAPTURE(sha256_side_by_side, best, engine::best)->Arg(1)->Arg(2)->Arg(8);
BENCHMARK_CAPTURE(sha256_side_by_side, portable, engine::portable)->Arg(1);

void ige_decrypt_sha256(benchmark::State& state, engine how) {
    streams all(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        std::vector<ige_sha256_stream> messages;
        for (std::size_t i = 0; i < all.data.size(); ++i)
            messages.emplace_back(all.data[i], all.keys[i], all.keys[i].iv.view());
        std::vector<ige_sha256_stream*> whole;
        for (ige_sha256_stream& each : messages) {
            each.received(part_size);
            whole.push_back(&each);
        }
        ige_sha256_advance(whole, how);
    }
    set_bytes(state, all.bytes());
}
BENCHMARK_CAPTURE(ige_decrypt_sha256, best, engine::best)->DenseRange(1, 4)->Arg(8);
BENCHMARK_CAPTURE(ige_decrypt_sha256, ni, engine::ni)->DenseRange(1, 4)->Arg(8);

void sha256_tiny(benchmark::State& state) {
    const std::array<std::byte, 52> data{};  // what the key derivation hashes
    for (auto _ : state)
        benchmark::DoNotOptimize(sha256(data));
}
BENCHMARK(sha256_tiny);

void ctr(benchmark::State& state) {
    streams all(1);
    aes_ctr cipher(all.keys[0].key.span(), all.keys[0].iv.span().first<16>());
    for (auto _ : state)
        cipher.apply(all.data[0]);
    set_bytes(state, all.bytes());
}
BENCHMARK(ctr);

void factorise_pq(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(factorise(2804275833720261793, 1));
}
BENCHMARK(factorise_pq)->Unit(benchmark::kMillisecond);

void rsa_pad(benchmark::State& state) {
    const rsa_public_key& key = telegram_production_keys()[0];
    seeded_random random(1);
    const std::array<std::byte, rsa_pad_max_data> data{};
    for (auto _ : state)
        benchmark::DoNotOptimize(key.encrypt(data, random));
}
BENCHMARK(rsa_pad)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
