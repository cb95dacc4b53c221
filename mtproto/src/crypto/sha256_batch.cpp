// Hashing several inputs side by side: each is cut into runs of whole blocks, and two runs advance together.
#include "base/endian.hpp"
#include "crypto/secret.hpp"
#include "crypto/sha.hpp"
#include "crypto/sha256_ni.hpp"

#include <algorithm>
#include <optional>

namespace mtproto::crypto {
namespace {

// One input on its way. Its blocks come in three runs: the prefix with the data that fills its block up, the
// data where it lies, and the rest with SHA-256's padding.
class lane {
  public:
    explicit lane(sha256_job& job) : job_(&job) {
        byte_view data = job.data;
        if (!job.prefix.empty()) {
            const std::size_t fill = std::min(sha256_block_size - job.prefix.size(), data.size());
            std::copy(job.prefix.begin(), job.prefix.end(), head_.data());
            std::copy_n(data.begin(), fill, head_.data() + job.prefix.size());
            data = data.subspan(fill);
            head_fill_ = job.prefix.size() + fill;
        }
        const std::size_t whole = data.size() / sha256_block_size;
        middle_ = data.first(whole * sha256_block_size);
        data = data.subspan(middle_.size());

        // A prefix whose block the data did not fill is part of the rest.
        const byte_span rest = tail_.span();
        std::size_t size = 0;
        if (head_fill_ > 0 && head_fill_ < sha256_block_size) {
            std::copy_n(head_.data(), head_fill_, rest.begin());
            size = head_fill_;
            head_fill_ = 0;
        }
        std::copy(data.begin(), data.end(), rest.subspan(size).begin());
        size += data.size();
        rest[size++] = std::byte{0x80};
        tail_size_ = size + 8 <= sha256_block_size ? sha256_block_size : 2 * sha256_block_size;
        std::fill(rest.begin() + static_cast<std::ptrdiff_t>(size), rest.end(), std::byte{0});
        const std::uint64_t bits = (static_cast<std::uint64_t>(job.prefix.size()) + job.data.size()) * 8;
        store_be(tail_.data() + tail_size_ - 8, bits);
        next_run();
    }

    lane(const lane&) = delete;  // run_ points into it
    lane& operator=(const lane&) = delete;

    sha256_words& state() { return state_; }
    const std::byte* data() const { return run_.data(); }
    std::size_t blocks() const { return run_.size() / sha256_block_size; }
    void advance(std::size_t blocks) {
        run_ = run_.subspan(blocks * sha256_block_size);
        if (run_.empty()) next_run();
    }
    void finish() {
        for (std::size_t i = 0; i < state_.size(); ++i)
            store_be(job_->digest.data() + 4 * i, state_[i]);
    }

  private:
    void next_run() {
        while (run_.empty() && stage_ < 3) {
            if (stage_ == 0 && head_fill_ > 0) run_ = head_.view();
            if (stage_ == 1) run_ = middle_;
            if (stage_ == 2) run_ = tail_.view().first(tail_size_);
            ++stage_;
        }
    }

    sha256_job* job_;
    sha256_words state_ = sha256_start;
    secret<sha256_block_size> head_;  // secret: it holds a part of the auth key
    secret<2 * sha256_block_size> tail_;
    std::size_t head_fill_ = 0;
    std::size_t tail_size_ = 0;
    byte_view middle_;
    byte_view run_;
    int stage_ = 0;
};

}  // namespace

void sha256_batch(std::span<sha256_job> jobs, engine how) {
    if (how == engine::portable || !cpu().sha) {
        for (sha256_job& job : jobs)
            job.digest = sha256({job.prefix, job.data});
        return;
    }
    std::size_t next = 0;
    std::optional<lane> first, second;
    const auto refill = [&](std::optional<lane>& slot) {
        if (slot && slot->blocks() == 0) {
            slot->finish();
            slot.reset();
        }
        if (!slot && next < jobs.size()) slot.emplace(jobs[next++]);
    };
    for (;;) {
        refill(first);
        refill(second);
        if (first && second) {
            const std::size_t blocks = std::min(first->blocks(), second->blocks());
            sha256_ni_two(first->state(), first->data(), second->state(), second->data(), blocks);
            first->advance(blocks);
            second->advance(blocks);
        } else if (first || second) {
            lane& last = first ? *first : *second;
            const std::size_t blocks = last.blocks();
            sha256_ni_one(last.state(), last.data(), blocks);
            last.advance(blocks);
        } else {
            return;
        }
    }
}

}  // namespace mtproto::crypto
