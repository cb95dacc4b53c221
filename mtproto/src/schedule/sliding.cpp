// The sliding window of a fixed size.
#include "schedule/part.hpp"

#include <mtproto/window.hpp>

#include <algorithm>

namespace mtproto::window {
namespace {

class sliding_window final : public strategy {
  public:
    sliding_window(int in_flight, int connections, std::int32_t part_size)
        : in_flight_(std::max(in_flight, 1)),
          connections_(std::max(connections, 1)),
          part_size_(schedule::allowed_part_size(part_size)) {}

    int connections() const override { return connections_; }
    int in_flight(int /*connection*/) const override { return in_flight_; }
    std::int32_t part_size() const override { return part_size_; }

  private:
    int in_flight_;
    int connections_;
    std::int32_t part_size_;
};

}  // namespace

std::unique_ptr<strategy> sliding(int in_flight, int connections, std::int32_t part_size) {
    return std::make_unique<sliding_window>(in_flight, connections, part_size);
}

}  // namespace mtproto::window
