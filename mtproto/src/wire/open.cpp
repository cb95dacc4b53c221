// Opening, in the order of protocol 4.3: key id, decrypt, hash everything, compare, and only then look
// inside.
#include "base/endian.hpp"
#include "wire/envelope.hpp"
#include "wire/envelope_layout.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace mtproto::wire {

decryption::decryption(open_job of, std::size_t received) : of_(std::move(of)) {
    this->received(received);
}

byte_span decryption::encrypted() const noexcept {
    return of_.data.span().subspan(sealed_head_size);
}

// Step 1. What is refused here shows in the packet's size and first 8 bytes, which anyone on the line sees:
// it looks like a hash failure, and takes no secret into account.
bool decryption::read_head() {
    if (!of_.key || of_.data.size < sealed_head_size + inner_head_size + least_padding) return false;
    if ((of_.data.size - sealed_head_size) % crypto::aes_block_size != 0) return false;
    if (key_id_of(of_.data) != of_.key->id()) return false;
    std::copy_n(of_.data.view().data() + msg_key_at, msg_key_.size(), msg_key_.begin());
    key_ = crypto::message_cipher_v2(*of_.key, msg_key_, receives(of_.self));
    return true;
}

// Step 2 begins as soon as its key is known.
void decryption::received(std::size_t bytes) {
    const std::size_t before = std::exchange(received_, bytes);
    if (bytes < sealed_head_size) return;
    if (before < sealed_head_size && read_head())
        text_.emplace(encrypted(), key_, crypto::message_hash_prefix(*of_.key, receives(of_.self)));
    if (text_) text_->received(bytes - sealed_head_size);
}

bool decryption::is_of(const packet& other) const noexcept {
    return of_.data.view().data() == other.view().data();
}

// Step 3, with the hash of all that was decrypted.
result<opened> decryption::finish() const {
    if (!text_ || !crypto::constant_time_equal(crypto::message_key_v2(text_->digest()), msg_key_))
        return errc::bad_message_key;

    const byte_view plain = encrypted();
    const std::byte* head = plain.data();
    const auto length = load_le<std::int32_t>(head + length_at);
    const std::size_t most_length = plain.size() - inner_head_size - least_padding;
    if (length < 0 || length % 4 != 0 || static_cast<std::size_t>(length) > most_length)
        return errc::bad_message;
    if (plain.size() - inner_head_size - static_cast<std::size_t>(length) > most_padding)
        return errc::bad_message;

    opened message;
    message.header.salt = load_le<std::int64_t>(head + salt_at);
    message.header.session_id = load_le<std::int64_t>(head + session_id_at);
    message.header.msg_id = load_le<std::int64_t>(head + msg_id_at_offset);
    message.header.seqno = load_le<std::int32_t>(head + seqno_at);
    message.body =
        of_.data.slice().slice(sealed_head_size + inner_head_size, static_cast<std::size_t>(length));
    message.quick_ack_token = crypto::quick_ack_token(text_->digest());
    return message;
}

void advance(std::span<decryption* const> packets) {
    std::vector<crypto::ige_sha256_stream*> texts;
    texts.reserve(packets.size());
    for (decryption* each : packets)
        if (each->text_) texts.push_back(&*each->text_);
    crypto::ige_sha256_advance(texts);
}

result<opened> open(open_job of) {
    const std::size_t whole = of.data.size;
    decryption one(std::move(of), whole);
    decryption* const all[] = {&one};
    advance(all);
    return one.finish();
}

}  // namespace mtproto::wire
