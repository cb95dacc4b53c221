// Sorts accounts into those that may be asked now and those that wait.
#include "pool/account_choice.hpp"

#include <algorithm>
#include <tuple>

namespace mtproto::pooling {
namespace {

constexpr double guess = 8e6;  // bytes a second

}  // namespace

double usual_rate(const std::vector<candidate>& all) noexcept {
    double sum = 0;
    int known = 0;
    for (const candidate& one : all) {
        if (one.rate <= 0) continue;
        sum += one.rate;
        ++known;
    }
    return known > 0 ? sum / known : guess;
}

double expected_time(const candidate& one, double usual) noexcept {
    return (one.streams + 1) / (one.rate > 0 ? one.rate : usual);
}

choice choose(const std::vector<candidate>& all, std::int64_t size, time_point now) {
    choice made;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const candidate& one = all[i];
        if (!one.present || !one.sees) continue;
        if (!one.waits_until || *one.waits_until <= now) {
            made.order.push_back(i);
            continue;
        }
        made.waiting.push_back(i);
        made.first_end = std::min(made.first_end.value_or(*one.waits_until), *one.waits_until);
    }
    const double usual = usual_rate(all);
    const auto key = [&](std::size_t i) {
        const candidate& one = all[i];
        return std::tuple(one.broken, size >= large_file && !one.premium, expected_time(one, usual));
    };
    std::stable_sort(made.order.begin(), made.order.end(),
                     [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    std::stable_sort(made.waiting.begin(), made.waiting.end(),
                     [&](std::size_t a, std::size_t b) { return *all[a].waits_until < *all[b].waits_until; });
    return made;
}

}  // namespace mtproto::pooling
