// Draws.
#include "traffic/chance.hpp"

#include <algorithm>
#include <cmath>

namespace mtproto::traffic {

std::uint64_t chance::next() noexcept {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

double chance::fraction() noexcept {
    constexpr int bits = 53;  // of a double
    return std::ldexp(static_cast<double>(next() >> (64 - bits)), -bits);
}

double chance::exponential(double mean) noexcept {
    return -mean * std::log1p(-fraction());
}

duration chance::pareto(duration least, double shape, duration most) noexcept {
    const double factor = std::pow(1 - fraction(), -1 / shape);
    const double drawn = static_cast<double>(least.count()) * factor;
    return duration(static_cast<std::int64_t>(std::min(drawn, static_cast<double>(most.count()))));
}

}  // namespace mtproto::traffic
