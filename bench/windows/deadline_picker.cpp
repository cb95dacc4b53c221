// A deadline for every part that the player needs soon.
#include "windows/contestants.hpp"

namespace mtproto::bench {
namespace {

class picker final : public window::strategy {
  public:
    picker(int connections, int in_flight, std::int32_t part_size, duration deadline)
        : connections_(connections), in_flight_(in_flight), part_size_(part_size), deadline_(deadline) {}

    int connections() const override { return connections_; }
    int in_flight(int) const override { return in_flight_; }
    std::int32_t part_size() const override { return part_size_; }
    std::optional<duration> late_after(const window::pending_part&) const override { return deadline_; }
    int watched() const override { return connections_ * in_flight_; }

  private:
    int connections_;
    int in_flight_;
    std::int32_t part_size_;
    duration deadline_;
};

}  // namespace

std::unique_ptr<window::strategy> deadline_picker(int connections, int in_flight, std::int32_t part_size,
                                                  duration deadline) {
    return std::make_unique<picker>(connections, in_flight, part_size, deadline);
}

}  // namespace mtproto::bench
