// N parts, and then the next N.
#include "windows/contestants.hpp"

namespace mtproto::bench {
namespace {

class barrier final : public window::strategy {
  public:
    barrier(int parts, std::int32_t part_size) : parts_(parts), part_size_(part_size) {}

    int connections() const override { return parts_; }
    int in_flight(int) const override { return 1; }
    std::int32_t part_size() const override { return part_size_; }
    // Not asked while nothing is under way: then the next batch begins.
    bool may_ask(const window::outlook&) const override { return left_ > 0; }
    void on_asked(const window::pending_part&, time_point) override {
        left_ = (left_ > 0 ? left_ : parts_) - 1;
    }

  private:
    int parts_;
    std::int32_t part_size_;
    int left_ = 0;  ///< of the batch
};

}  // namespace

std::unique_ptr<window::strategy> batch_barrier(int parts, std::int32_t part_size) {
    return std::make_unique<barrier>(parts, part_size);
}

}  // namespace mtproto::bench
