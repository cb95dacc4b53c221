// Parts dealt out like cards.
#include "windows/contestants.hpp"

namespace mtproto::bench {
namespace {

class interleave final : public window::strategy {
  public:
    interleave(int connections, int in_flight, std::int32_t part_size)
        : connections_(connections), in_flight_(in_flight), part_size_(part_size) {}

    int connections() const override { return connections_; }
    int in_flight(int) const override { return in_flight_; }
    std::int32_t part_size() const override { return part_size_; }
    int connection_for(std::int64_t offset) const override {
        return static_cast<int>(offset / part_size_ % connections_);
    }

  private:
    int connections_;
    int in_flight_;
    std::int32_t part_size_;
};

}  // namespace

std::unique_ptr<window::strategy> static_interleave(int connections, int in_flight, std::int32_t part_size) {
    return std::make_unique<interleave>(connections, in_flight, part_size);
}

}  // namespace mtproto::bench
