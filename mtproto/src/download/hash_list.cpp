// Reads lists of hashes and refuses those that cannot be the file's.
#include "download/hash_list.hpp"

#include "client/undecodable.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <algorithm>

namespace mtproto::download {
namespace {

/// Telegram's windows are of 128 KiB. Longer ones than a part would have to be held beside the budget.
constexpr std::int64_t longest_window = 1 << 20;

failure nonsense(const char* what) {
    return {errc::malformed, std::string("hashes of a file: ") + what};
}

}  // namespace

outcome<std::vector<file_hash>> checked_hashes(const std::vector<tl::fileHash>& told, std::int64_t size) {
    std::vector<file_hash> made;
    made.reserve(told.size());
    for (const tl::fileHash& each : told) {
        file_hash one;
        if (each.hash.size() != one.sha256.size()) return nonsense("one is not of 32 bytes");
        if (each.limit <= 0 || each.limit > longest_window)
            return nonsense("a window of no or too many bytes");
        if (each.offset < 0 || each.offset >= size) return nonsense("a window outside the file");
        if (!made.empty() && each.offset != made.back().offset + made.back().length)
            return nonsense("windows that do not follow one another");
        one.offset = each.offset;
        one.length = std::min<std::int64_t>(each.limit, size - each.offset);
        std::copy(each.hash.begin(), each.hash.end(), one.sha256.begin());
        made.push_back(one);
    }
    return made;
}

outcome<std::vector<file_hash>> decode_hashes(const bytes& answer, std::int64_t size) {
    const auto told = tl::decode<std::vector<tl::fileHash>>(answer);
    if (!told) return core::undecodable(told.error(), "");
    return checked_hashes(*told, size);
}

}  // namespace mtproto::download
