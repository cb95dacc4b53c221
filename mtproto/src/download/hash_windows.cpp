// Adds windows of hashes, so that none overlap, and forgets the farthest.
#include "download/hash_windows.hpp"

#include <algorithm>
#include <iterator>

namespace mtproto::download {

void hash_windows::add(std::span<const file_hash> told) {
    if (told.empty()) return;
    const std::int64_t begin = told.front().offset;
    const std::int64_t end = told.back().offset + told.back().length;
    forget(begin, end);
    for (const file_hash& each : told)
        windows_[each.offset] = each;
    while (windows_.size() > most) {
        const std::int64_t before = begin - windows_.begin()->first;
        const std::int64_t after = std::prev(windows_.end())->first - end;
        windows_.erase(before > after ? windows_.begin() : std::prev(windows_.end()));
    }
}

void hash_windows::forget(std::int64_t begin, std::int64_t end) {
    windows_.erase(first_touching(begin), windows_.lower_bound(end));
}

std::optional<std::int64_t> hash_windows::first_gap(std::int64_t begin, std::int64_t end) const {
    for (auto next = first_touching(begin); begin < end; ++next) {
        if (next == windows_.end() || next->first > begin) return begin;
        begin = next->first + next->second.length;
    }
    return std::nullopt;
}

std::vector<file_hash> hash_windows::touching(std::int64_t begin, std::int64_t end) const {
    std::vector<file_hash> made;
    for (auto next = first_touching(begin); next != windows_.end() && next->first < end; ++next)
        made.push_back(next->second);
    return made;
}

hash_windows::map::const_iterator hash_windows::first_touching(std::int64_t begin) const {
    auto found = windows_.upper_bound(begin);
    if (found == windows_.begin()) return found;
    const auto before = std::prev(found);
    return before->first + before->second.length > begin ? before : found;
}

}  // namespace mtproto::download
