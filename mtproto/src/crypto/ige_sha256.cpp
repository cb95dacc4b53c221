// Bringing messages into the loop that decrypts and hashes at once, and their ends out of it.
#include "crypto/ige_sha256.hpp"

#include "base/endian.hpp"
#include "crypto/ige_sha256_ni.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <vector>

namespace mtproto::crypto {

// A message between two visits to the loop.
struct ige_sha256_stream::progress {
    ige_sha256_lane lane;
};

ige_sha256_stream::ige_sha256_stream(byte_span data, const ige_key& key, byte_view prefix)
    : data_(data), key_(&key), prefix_(prefix) {
    assert(data.size() % aes_block_size == 0 && prefix.size() < sha256_block_size);
}

ige_sha256_stream::ige_sha256_stream(ige_sha256_stream&&) noexcept = default;
ige_sha256_stream& ige_sha256_stream::operator=(ige_sha256_stream&&) noexcept = default;
ige_sha256_stream::~ige_sha256_stream() = default;

void ige_sha256_stream::received(std::size_t bytes) noexcept {
    assert(bytes >= here_ && bytes <= data_.size());
    here_ = bytes;
}

// What is done to messages, with the loop and without.
class ige_sha256_passages {
  public:
    // With less than this, the way in and out of the loop costs more than it saves.
    static constexpr std::size_t least_size = 1024;
    // The same, for a visit of a message that still comes.
    static constexpr std::size_t least_visit = 4096;

    static bool done(const ige_sha256_stream& of) { return of.done_; }
    static bool whole(const ige_sha256_stream& of) { return of.here_ == of.data_.size(); }
    static bool small(const ige_sha256_stream& of) { return of.data_.size() < least_size; }

    // Two steps, for messages that are not worth the loop and for machines that have no such instructions.
    static void one_after_the_other(std::span<ige_sha256_stream* const> messages, engine how) {
        std::vector<ige_job> ciphers;
        std::vector<sha256_job> hashes;
        for (const ige_sha256_stream* each : messages) {
            ciphers.push_back({each->data_, each->key_});
            hashes.push_back({each->prefix_, each->data_, {}});
        }
        aes_ige_decrypt_batch(ciphers, how);
        sha256_batch(hashes, how);
        for (std::size_t i = 0; i < messages.size(); ++i) {
            messages[i]->digest_ = hashes[i].digest;
            messages[i]->done_ = true;
        }
    }

    // What of it is there and not decrypted yet, in bytes.
    static std::size_t pending(const ige_sha256_stream& of) {
        const std::size_t taken =
            of.progress_ ? static_cast<std::size_t>(of.progress_->lane.cipher.in - of.data_.data()) : 0;
        return of.here_ - taken;
    }

    static ige_sha256_lane enter(ige_sha256_stream& message) {
        if (!message.progress_) begin(message);
        ige_sha256_lane lane = message.progress_->lane;
        lane.cipher.blocks = pending(message) / aes_block_size;
        return lane;
    }

    // How often the loop can take 64 bytes of it.
    static std::size_t steps(const ige_sha256_lane& lane) {
        return lane.cipher.blocks * aes_block_size / sha256_block_size;
    }

    static void leave(const ige_sha256_lane& lane, ige_sha256_stream& message) {
        message.progress_->lane = lane;
        if (whole(message) && steps(lane) == 0) finish(message);
    }

  private:
    // Decrypts what fills the prefix's hash block up, hashes that, and decrypts the first block that the loop
    // hashes.
    static void begin(ige_sha256_stream& message) {
        message.progress_ = std::make_unique<ige_sha256_stream::progress>();
        ige_sha256_lane& lane = message.progress_->lane;
        aes_ni_expand_decrypt(lane.cipher, message.key_->key.span());
        std::copy_n(message.key_->iv.data(), 16, lane.cipher.cipher_before.data());
        std::copy_n(message.key_->iv.data() + 16, 16, lane.cipher.plain_before.data());
        lane.cipher.in = lane.cipher.out = message.data_.data();
        lane.cipher.blocks = message.here_ / aes_block_size;

        const byte_view prefix = message.prefix_;
        const std::size_t fill = prefix.empty() ? 0 : sha256_block_size - prefix.size();
        const std::size_t fill_blocks = (fill + aes_block_size - 1) / aes_block_size;
        aes_ni_ige_decrypt({&lane.cipher, 1}, fill_blocks + sha256_block_size / aes_block_size);
        if (fill > 0) {
            secret<sha256_block_size> first;  // secret: it begins with a part of the auth key
            std::copy(prefix.begin(), prefix.end(), first.data());
            std::copy_n(message.data_.data(), fill, first.data() + prefix.size());
            sha256_ni_one(lane.hash, first.data(), 1);
        }
        lane.unhashed = message.data_.data() + fill;
    }

    // Decrypts and hashes what the loop left, with SHA-256's padding.
    static void finish(ige_sha256_stream& message) {
        ige_sha256_lane& lane = message.progress_->lane;
        aes_ni_ige_decrypt({&lane.cipher, 1}, lane.cipher.blocks);
        byte_view rest(lane.unhashed, message.data_.data() + message.data_.size());
        const std::size_t whole = rest.size() / sha256_block_size;
        sha256_ni_one(lane.hash, rest.data(), whole);
        rest = rest.subspan(whole * sha256_block_size);

        std::array<std::byte, 2 * sha256_block_size> tail{};
        std::copy(rest.begin(), rest.end(), tail.begin());
        tail[rest.size()] = std::byte{0x80};
        const std::size_t blocks = rest.size() + 1 + sizeof(std::uint64_t) <= sha256_block_size ? 1 : 2;
        const std::uint64_t bits = (std::uint64_t{message.prefix_.size()} + message.data_.size()) * 8;
        store_be(tail.data() + blocks * sha256_block_size - sizeof bits, bits);
        sha256_ni_one(lane.hash, tail.data(), blocks);
        for (std::size_t i = 0; i < lane.hash.size(); ++i)
            store_be(message.digest_.data() + 4 * i, lane.hash[i]);
        message.progress_.reset();
        message.done_ = true;
    }
};

void ige_sha256_advance(std::span<ige_sha256_stream* const> messages, engine how) {
    using passages = ige_sha256_passages;
    const bool loop = how != engine::portable && cpu().aes && cpu().sha;
    const auto decrypt =
        how == engine::best && cpu().avx512vl ? ige_sha256_avx512_decrypt : ige_sha256_ni_decrypt;
    std::vector<ige_sha256_stream*> whole, coming, aside;
    for (ige_sha256_stream* each : messages) {
        if (passages::done(*each)) continue;
        if (passages::whole(*each))
            (loop && !passages::small(*each) ? whole : aside).push_back(each);
        else if (loop && passages::pending(*each) >= passages::least_visit)
            coming.push_back(each);
    }
    passages::one_after_the_other(aside, how);
    // The longest first, so that the last ones do not run alone for long.
    const auto by_pending = [](const ige_sha256_stream* a, const ige_sha256_stream* b) {
        return passages::pending(*a) > passages::pending(*b);
    };
    std::sort(whole.begin(), whole.end(), by_pending);
    std::sort(coming.begin(), coming.end(), by_pending);
    std::vector<ige_sha256_stream*> queue = std::move(whole);
    std::size_t to_finish = queue.size();
    queue.insert(queue.end(), coming.begin(), coming.end());

    std::array<ige_sha256_lane, max_ige_sha256_lanes> lanes;
    std::array<ige_sha256_stream*, max_ige_sha256_lanes> owners{};
    std::size_t active = 0;
    std::size_t next = 0;
    for (;;) {
        if (to_finish == 0 && active + queue.size() - next < lanes.size()) break;
        for (; active < lanes.size() && next < queue.size(); ++active, ++next) {
            owners[active] = queue[next];
            lanes[active] = passages::enter(*owners[active]);
        }
        // As far as the shortest goes; then its lane takes the next message, or the last lane moves up.
        std::size_t steps = passages::steps(lanes[0]);
        for (std::size_t i = 1; i < active; ++i)
            steps = std::min(steps, passages::steps(lanes[i]));
        decrypt(std::span(lanes).first(active), steps);
        for (std::size_t i = 0; i < active;) {
            if (passages::steps(lanes[i]) > 0) {
                ++i;
                continue;
            }
            if (passages::whole(*owners[i])) --to_finish;
            passages::leave(lanes[i], *owners[i]);
            if (i != --active) {
                lanes[i] = lanes[active];
                owners[i] = owners[active];
            }
        }
    }
    for (std::size_t i = 0; i < active; ++i)
        passages::leave(lanes[i], *owners[i]);
}

}  // namespace mtproto::crypto
