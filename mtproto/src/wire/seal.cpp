// Sealing: head and padding around a body, hash, key, encryption (protocol 4.1, 4.2).
#include "base/buffer_pool.hpp"
#include "base/endian.hpp"
#include "crypto/aes_ige.hpp"
#include "crypto/sha.hpp"
#include "wire/envelope.hpp"
#include "wire/envelope_layout.hpp"

#include <algorithm>
#include <cassert>
#include <vector>

namespace mtproto::wire {
namespace {

// Small messages get up to 240 bytes more than they need, so that their size does not tell what they are. The
// size of a large one tells a file's part anyway.
constexpr std::size_t small_body = 4096;
constexpr std::uint32_t most_extra_blocks = 15;

std::size_t padding_for(std::size_t body_size, random_source& random) {
    const std::size_t unpadded = inner_head_size + body_size + least_padding;
    const std::size_t to_block =
        (crypto::aes_block_size - unpadded % crypto::aes_block_size) % crypto::aes_block_size;
    const std::size_t extra =
        body_size < small_body ? (random.next_u32() & most_extra_blocks) * crypto::aes_block_size : 0;
    return least_padding + to_block + extra;
}

void write_head(byte_span plain, const message_header& header, std::size_t body_size) noexcept {
    store_le(plain.data() + salt_at, header.salt);
    store_le(plain.data() + session_id_at, header.session_id);
    store_le(plain.data() + msg_id_at_offset, header.msg_id);
    store_le(plain.data() + seqno_at, header.seqno);
    store_le(plain.data() + length_at, static_cast<std::int32_t>(body_size));
}

}  // namespace

draft::draft(std::size_t body_size, random_source& random, buffer_pool* pool) : body_size_(body_size) {
    assert(body_size % 4 == 0);
    const std::size_t padding = padding_for(body_size, random);
    data_.offset = payload_alignment;
    data_.size = sealed_head_size + inner_head_size + body_size + padding;
    const std::size_t capacity = data_.offset + data_.size;
    data_.storage = pool ? pool->take(capacity) : buffer::allocate(capacity);
    random.fill(data_.span().last(padding));
}

byte_span draft::body() const noexcept {
    return data_.span().subspan(sealed_head_size + inner_head_size, body_size_);
}

void seal_batch(std::span<seal_job> jobs) {
    std::vector<crypto::sha256_job> hashes(jobs.size());
    std::vector<crypto::ige_key> keys(jobs.size());
    std::vector<crypto::ige_job> ciphers(jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        seal_job& job = jobs[i];
        const byte_span plain = job.text.data_.span().subspan(sealed_head_size);
        write_head(plain, job.header, job.text.body_size_);
        hashes[i].prefix = crypto::message_hash_prefix(*job.key, sends(job.self));
        hashes[i].data = plain;
        ciphers[i] = {plain, &keys[i]};
    }
    crypto::sha256_batch(hashes);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        seal_job& job = jobs[i];
        const crypto::message_key msg_key = crypto::message_key_v2(hashes[i].digest);
        keys[i] = crypto::message_cipher_v2(*job.key, msg_key, sends(job.self));
        const byte_span head = job.text.data_.span();
        store_le(head.data(), job.key->id());
        std::copy(msg_key.begin(), msg_key.end(), head.data() + msg_key_at);
        job.outcome.quick_ack_token = crypto::quick_ack_token(hashes[i].digest);
    }
    crypto::aes_ige_encrypt_batch(ciphers);
    for (seal_job& job : jobs)
        job.outcome.data = std::move(job.text.data_);
}

sealed seal(const std::shared_ptr<const crypto::auth_key>& key, role self, const message_header& header,
            byte_view body, random_source& random, buffer_pool* pool) {
    seal_job job{draft(body.size(), random, pool), key, self, header, {}};
    std::copy(body.begin(), body.end(), job.text.body().begin());
    seal_batch({&job, 1});
    return std::move(job.outcome);
}

}  // namespace mtproto::wire
