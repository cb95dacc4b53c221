// Joins ranges of bytes that touch.
#include "download/covered_bytes.hpp"

#include <algorithm>
#include <iterator>

namespace mtproto::download {

void covered_bytes::add(std::int64_t begin, std::int64_t end) {
    if (begin >= end) return;
    auto next = ranges_.upper_bound(begin);
    if (next != ranges_.begin() && std::prev(next)->second >= begin) --next;
    while (next != ranges_.end() && next->first <= end) {
        begin = std::min(begin, next->first);
        end = std::max(end, next->second);
        count_ -= next->second - next->first;
        next = ranges_.erase(next);
    }
    ranges_.emplace(begin, end);
    count_ += end - begin;
}

}  // namespace mtproto::download
