// IGE over whichever AES there is, and the order in which the streams of a batch share the lanes.
#include "crypto/aes_ige.hpp"

#include "crypto/aes_ni.hpp"
#include "crypto/evp_cipher.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace mtproto::crypto {
namespace {

using block = std::array<std::byte, aes_block_size>;

void mix(block& into, const block& other) noexcept {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] ^= other[i];
}

// out = AES(in ^ out_before) ^ in_before, block by block: the same for both ways but for AES and the halves
// of iv.
void portable_ige(byte_view in, byte_span out, const ige_key& key, bool encrypt) {
    const cipher_context context = new_cipher_context(aes_256_ecb(), key.key.data(), nullptr, encrypt);
    block in_before, out_before, input, state;
    std::copy_n(key.iv.data() + (encrypt ? 16 : 0), 16, in_before.begin());
    std::copy_n(key.iv.data() + (encrypt ? 0 : 16), 16, out_before.begin());
    for (std::size_t offset = 0; offset < in.size(); offset += aes_block_size) {
        std::copy_n(in.data() + offset, aes_block_size, input.begin());
        mix(out_before, input);
        int written = 0;
        require_cipher(EVP_CipherUpdate(context.get(), reinterpret_cast<unsigned char*>(state.data()),
                                        &written, reinterpret_cast<const unsigned char*>(out_before.data()),
                                        static_cast<int>(aes_block_size)));
        mix(state, in_before);
        std::copy(state.begin(), state.end(), out.data() + offset);
        in_before = input;
        out_before = state;
    }
    for (block* used : {&in_before, &out_before, &input, &state})
        wipe(*used);
}

template <bool Encrypt>
void load_lane(aes_lane& lane, byte_view in, std::byte* out, const ige_key& key) noexcept {
    if (Encrypt)
        aes_ni_expand_encrypt(lane, key.key.span());
    else
        aes_ni_expand_decrypt(lane, key.key.span());
    std::copy_n(key.iv.data(), 16, lane.cipher_before.data());
    std::copy_n(key.iv.data() + 16, 16, lane.plain_before.data());
    lane.in = in.data();
    lane.out = out;
    lane.blocks = in.size() / aes_block_size;
}

template <bool Encrypt>
void run_lanes(std::span<aes_lane> lanes, std::size_t blocks) noexcept {
    if (Encrypt)
        aes_ni_ige_encrypt(lanes, blocks);
    else
        aes_ni_ige_decrypt(lanes, blocks);
}

template <bool Encrypt>
void one(byte_view in, byte_span out, const ige_key& key, engine how) {
    assert(in.size() == out.size() && in.size() % aes_block_size == 0);
    if (how == engine::portable || !cpu().aes) return portable_ige(in, out, key, Encrypt);
    aes_lane lane;
    load_lane<Encrypt>(lane, in, out.data(), key);
    run_lanes<Encrypt>({&lane, 1}, lane.blocks);
}

template <bool Encrypt>
void batch(std::span<const ige_job> jobs, engine how) {
    if (how == engine::portable || !cpu().aes || jobs.size() == 1) {
        for (const ige_job& job : jobs)
            one<Encrypt>(job.data, job.data, *job.key, how);
        return;
    }
    std::array<aes_lane, max_aes_lanes> lanes;
    std::size_t active = 0;
    for (std::size_t next = 0;;) {
        for (; active < lanes.size() && next < jobs.size(); ++next) {
            const ige_job& job = jobs[next];
            assert(job.data.size() % aes_block_size == 0);
            if (!job.data.empty()) load_lane<Encrypt>(lanes[active++], job.data, job.data.data(), *job.key);
        }
        if (active == 0) return;
        // As far as the shortest goes; then its lane takes the next stream, or the last lane moves up.
        std::size_t blocks = lanes[0].blocks;
        for (std::size_t i = 1; i < active; ++i)
            blocks = std::min(blocks, lanes[i].blocks);
        run_lanes<Encrypt>(std::span(lanes).first(active), blocks);
        for (std::size_t i = 0; i < active;) {
            if (lanes[i].blocks > 0)
                ++i;
            else if (i != --active)
                lanes[i] = lanes[active];
        }
    }
}

}  // namespace

void aes_ige_encrypt(byte_view in, byte_span out, const ige_key& key, engine how) {
    one<true>(in, out, key, how);
}
void aes_ige_decrypt(byte_view in, byte_span out, const ige_key& key, engine how) {
    one<false>(in, out, key, how);
}
void aes_ige_encrypt_batch(std::span<const ige_job> jobs, engine how) {
    batch<true>(jobs, how);
}
void aes_ige_decrypt_batch(std::span<const ige_job> jobs, engine how) {
    batch<false>(jobs, how);
}

}  // namespace mtproto::crypto
