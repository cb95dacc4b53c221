// A fixed number of parts in flight over all connections together.
#include "schedule/part.hpp"

#include <mtproto/window.hpp>

#include <algorithm>

namespace mtproto::window {
namespace {

/// As many as official clients open (protocol 8.8).
constexpr int most_connections = 8;

class fixed_window final : public strategy {
  public:
    fixed_window(int in_flight, std::int32_t part_size)
        : in_flight_(std::max(in_flight, 1)), part_size_(schedule::allowed_part_size(part_size)) {}

    int connections() const override { return std::min(in_flight_, most_connections); }
    int in_flight(int /*connection*/) const override { return in_flight_; }
    std::int32_t part_size() const override { return part_size_; }
    bool may_ask(const outlook& now) const override { return now.parts_under_way < in_flight_; }

  private:
    int in_flight_;
    std::int32_t part_size_;
};

}  // namespace

std::unique_ptr<strategy> fixed(int in_flight, std::int32_t part_size) {
    return std::make_unique<fixed_window>(in_flight, part_size);
}

}  // namespace mtproto::window
