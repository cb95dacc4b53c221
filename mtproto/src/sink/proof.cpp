// Reads windows, hashes those that came with one read side by side, and keeps account.
#include "sink/proof.hpp"

#include "crypto/sha.hpp"

#include <algorithm>

namespace mtproto::sink {
namespace {

/// Bytes that are read before they are hashed.
constexpr std::int64_t read_step = 1 << 20;

}  // namespace

outcome<void> proof::check(std::span<const file_hash> windows) {
    std::vector<file_hash> whole;
    for (const file_hash& each : windows) {
        const std::int64_t end = each.offset + each.length;
        if (each.offset < seen_end_ || each.length <= 0 || end > on_disk_) continue;
        seen_end_ = end;
        whole.push_back(each);
    }
    const outcome<std::vector<bool>> right = compare(whole);
    if (!right) return right.error();
    for (std::size_t i = 0; i < whole.size(); ++i) {
        if (!(*right)[i]) {
            wrong_.push_back(whole[i]);
            continue;
        }
        if (whole[i].offset > proved_end_) gaps_.push_back({proved_end_, whole[i].offset});
        proved_end_ = whole[i].offset + whole[i].length;
    }
    return {};
}

outcome<bool> proof::is_mended() const {
    std::vector<file_hash> again;
    for (const file_hash& each : wrong_)
        if (each.offset < proved_end_) again.push_back(each);
    const outcome<std::vector<bool>> right = compare(again);
    if (!right) return right.error();
    return std::find(right->begin(), right->end(), false) == right->end();
}

outcome<std::vector<bool>> proof::compare(std::span<const file_hash> windows) const {
    std::vector<bool> right;
    std::vector<std::byte> read;
    std::vector<crypto::sha256_job> jobs;
    while (!windows.empty()) {
        std::size_t count = 0;
        std::int64_t total = 0;
        do {
            total += windows[count++].length;
        } while (count < windows.size() && total + windows[count].length <= read_step);
        read.resize(static_cast<std::size_t>(total));
        jobs.clear();
        byte_span room = read;
        for (const file_hash& each : windows.first(count)) {
            const byte_span own = room.first(static_cast<std::size_t>(each.length));
            room = room.subspan(own.size());
            const outcome<std::size_t> got = read_(each.offset, own);
            if (!got) return got.error();
            jobs.push_back({{}, own.first(*got), {}});
        }
        crypto::sha256_batch(jobs);
        for (std::size_t i = 0; i < count; ++i)
            right.push_back(jobs[i].digest == windows[i].sha256);
        windows = windows.subspan(count);
    }
    return right;
}

}  // namespace mtproto::sink
