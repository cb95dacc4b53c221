// Compares words by the letters that would have to change.
#include "near_miss.hpp"

#include <algorithm>
#include <numeric>

namespace mtpipe {
namespace {

/// Letters to put in, take out or change (Levenshtein's distance).
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0u);
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t corner = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t changed = corner + (a[i] == b[j] ? 0 : 1);
            corner = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string near_miss(std::string_view word, const std::vector<std::string>& known) {
    constexpr std::size_t longest = 64;  // letters; no word that is meant is longer
    if (word.size() > longest) return {};
    std::string nearest;
    std::size_t least = std::min<std::size_t>(2, (word.size() + 1) / 2) + 1;
    for (const std::string& each : known)
        if (const std::size_t off = edit_distance(word, each); off < least) {
            least = off;
            nearest = each;
        }
    return nearest;
}

}  // namespace mtpipe
