// Opening, in the order of protocol 4.3: key id, decrypt, hash everything, compare, and only then look
// inside.
#include "base/endian.hpp"
#include "crypto/ige_sha256.hpp"
#include "wire/envelope.hpp"
#include "wire/envelope_layout.hpp"

#include <algorithm>
#include <vector>

namespace mtproto::wire {
namespace {

// One packet between the steps.
struct opening {
    open_job* job;
    crypto::message_key msg_key;
    crypto::ige_key key;
    byte_span plain;  // encrypted at first
};

// Step 1. What is refused here shows in the packet's size and first 8 bytes, which anyone on the line sees:
// it looks like a hash failure, and takes no secret into account.
bool prepare(open_job& job, opening& made) {
    job.outcome = errc::bad_message_key;
    if (!job.key || job.data.size < sealed_head_size + inner_head_size + least_padding) return false;
    if ((job.data.size - sealed_head_size) % crypto::aes_block_size != 0) return false;
    if (key_id_of(job.data) != job.key->id()) return false;
    made.job = &job;
    std::copy_n(job.data.view().data() + msg_key_at, made.msg_key.size(), made.msg_key.begin());
    made.key = crypto::message_cipher_v2(*job.key, made.msg_key, receives(job.self));
    made.plain = job.data.span().subspan(sealed_head_size);
    return true;
}

// Step 3, with the hash of all that was decrypted.
result<opened> finish(const opening& done, const crypto::sha256_digest& hash) {
    if (!crypto::constant_time_equal(crypto::message_key_v2(hash), done.msg_key))
        return errc::bad_message_key;

    const std::byte* head = done.plain.data();
    const auto length = load_le<std::int32_t>(head + length_at);
    const std::size_t most_length = done.plain.size() - inner_head_size - least_padding;
    if (length < 0 || length % 4 != 0 || static_cast<std::size_t>(length) > most_length)
        return errc::bad_message;
    if (done.plain.size() - inner_head_size - static_cast<std::size_t>(length) > most_padding)
        return errc::bad_message;

    opened message;
    message.header.salt = load_le<std::int64_t>(head + salt_at);
    message.header.session_id = load_le<std::int64_t>(head + session_id_at);
    message.header.msg_id = load_le<std::int64_t>(head + msg_id_at_offset);
    message.header.seqno = load_le<std::int32_t>(head + seqno_at);
    const open_job& job = *done.job;
    message.body =
        job.data.slice().slice(sealed_head_size + inner_head_size, static_cast<std::size_t>(length));
    message.quick_ack_token = crypto::quick_ack_token(hash);
    return message;
}

}  // namespace

void open_batch(std::span<open_job> jobs) {
    std::vector<opening> openings;
    openings.reserve(jobs.size());
    for (open_job& job : jobs) {
        opening next{};
        if (prepare(job, next)) openings.push_back(next);
    }
    std::vector<crypto::ige_sha256_job> work;
    work.reserve(openings.size());
    for (const opening& each : openings) {
        const open_job& job = *each.job;
        work.push_back(
            {each.plain, &each.key, crypto::message_hash_prefix(*job.key, receives(job.self)), {}});
    }
    crypto::ige_decrypt_sha256_batch(work);
    for (std::size_t i = 0; i < openings.size(); ++i)
        openings[i].job->outcome = finish(openings[i], work[i].digest);
}

result<opened> open(packet data, const std::shared_ptr<const crypto::auth_key>& key, role self) {
    open_job job;
    job.data = std::move(data);
    job.key = key;
    job.self = self;
    open_batch({&job, 1});
    return std::move(job.outcome);
}

}  // namespace mtproto::wire
