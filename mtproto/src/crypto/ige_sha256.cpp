// Bringing messages into the loop that decrypts and hashes at once, and their ends out of it.
#include "crypto/ige_sha256.hpp"

#include "base/endian.hpp"
#include "crypto/ige_sha256_ni.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <vector>

namespace mtproto::crypto {
namespace {

// Two steps, for messages that are not worth the loop and for machines that have no such instructions.
void one_after_the_other(std::span<ige_sha256_job* const> jobs, engine how) {
    std::vector<ige_job> ciphers;
    std::vector<sha256_job> hashes;
    for (const ige_sha256_job* job : jobs) {
        ciphers.push_back({job->data, job->key});
        hashes.push_back({job->prefix, job->data, {}});
    }
    aes_ige_decrypt_batch(ciphers, how);
    sha256_batch(hashes, how);
    for (std::size_t i = 0; i < jobs.size(); ++i)
        jobs[i]->digest = hashes[i].digest;
}

// A message on its way through the loop.
class passage {
  public:
    // With less than this, the way in and out costs more than the loop saves.
    static constexpr std::size_t least_size = 1024;

    // Decrypts what fills the prefix's hash block up, hashes that, and decrypts the first block that the loop
    // hashes.
    static void enter(ige_sha256_lane& lane, ige_sha256_job& job) {
        aes_ni_expand_decrypt(lane.cipher, job.key->key.span());
        std::copy_n(job.key->iv.data(), 16, lane.cipher.cipher_before.data());
        std::copy_n(job.key->iv.data() + 16, 16, lane.cipher.plain_before.data());
        lane.cipher.in = lane.cipher.out = job.data.data();
        lane.cipher.blocks = job.data.size() / aes_block_size;
        lane.hash = sha256_start;

        const std::size_t fill = fill_of(job);
        decrypt(lane, whole_blocks(fill) + sha256_block_size / aes_block_size);
        if (fill > 0) {
            secret<sha256_block_size> first;  // secret: it begins with a part of the auth key
            std::copy(job.prefix.begin(), job.prefix.end(), first.data());
            std::copy_n(job.data.data(), fill, first.data() + job.prefix.size());
            sha256_ni_one(lane.hash, first.data(), 1);
        }
        lane.unhashed = job.data.data() + fill;
    }

    // How often the loop can take 64 bytes of it.
    static std::size_t steps(const ige_sha256_lane& lane) {
        return lane.cipher.blocks * aes_block_size / sha256_block_size;
    }

    // Decrypts and hashes what the loop left, with SHA-256's padding.
    static void leave(ige_sha256_lane& lane, ige_sha256_job& job) {
        decrypt(lane, lane.cipher.blocks);
        byte_view rest(lane.unhashed, job.data.data() + job.data.size());
        const std::size_t whole = rest.size() / sha256_block_size;
        sha256_ni_one(lane.hash, rest.data(), whole);
        rest = rest.subspan(whole * sha256_block_size);

        std::array<std::byte, 2 * sha256_block_size> tail{};
        std::copy(rest.begin(), rest.end(), tail.begin());
        tail[rest.size()] = std::byte{0x80};
        const std::size_t blocks = rest.size() + 1 + sizeof(std::uint64_t) <= sha256_block_size ? 1 : 2;
        const std::uint64_t bits = (std::uint64_t{job.prefix.size()} + job.data.size()) * 8;
        store_be(tail.data() + blocks * sha256_block_size - sizeof bits, bits);
        sha256_ni_one(lane.hash, tail.data(), blocks);
        for (std::size_t i = 0; i < lane.hash.size(); ++i)
            store_be(job.digest.data() + 4 * i, lane.hash[i]);
    }

  private:
    static std::size_t fill_of(const ige_sha256_job& job) {
        return job.prefix.empty() ? 0 : sha256_block_size - job.prefix.size();
    }
    static std::size_t whole_blocks(std::size_t bytes) {
        return (bytes + aes_block_size - 1) / aes_block_size;
    }
    static void decrypt(ige_sha256_lane& lane, std::size_t blocks) {
        aes_ni_ige_decrypt({&lane.cipher, 1}, blocks);
    }
};

}  // namespace

void ige_decrypt_sha256_batch(std::span<ige_sha256_job> jobs, engine how) {
    const bool loop = how != engine::portable && cpu().aes && cpu().sha;
    const auto decrypt =
        how == engine::best && cpu().avx512vl ? ige_sha256_avx512_decrypt : ige_sha256_ni_decrypt;
    std::vector<ige_sha256_job*> large, small;
    for (ige_sha256_job& job : jobs) {
        assert(job.data.size() % aes_block_size == 0 && job.prefix.size() < sha256_block_size);
        (loop && job.data.size() >= passage::least_size ? large : small).push_back(&job);
    }
    one_after_the_other(small, how);

    std::array<ige_sha256_lane, max_ige_sha256_lanes> lanes;
    std::array<ige_sha256_job*, max_ige_sha256_lanes> owners{};
    std::size_t active = 0;
    for (std::size_t next = 0;;) {
        for (; active < lanes.size() && next < large.size(); ++active, ++next) {
            owners[active] = large[next];
            passage::enter(lanes[active], *owners[active]);
        }
        if (active == 0) return;
        // As far as the shortest goes; then its lane takes the next message, or the last lane moves up.
        std::size_t steps = passage::steps(lanes[0]);
        for (std::size_t i = 1; i < active; ++i)
            steps = std::min(steps, passage::steps(lanes[i]));
        decrypt(std::span(lanes).first(active), steps);
        for (std::size_t i = 0; i < active;) {
            if (passage::steps(lanes[i]) > 0) {
                ++i;
                continue;
            }
            passage::leave(lanes[i], *owners[i]);
            if (i != --active) {
                lanes[i] = lanes[active];
                owners[i] = owners[active];
            }
        }
    }
}

}  // namespace mtproto::crypto
