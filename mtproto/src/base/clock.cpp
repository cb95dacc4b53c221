// The machine's clocks.
#include <mtproto/clock.hpp>

namespace mtproto {
namespace {

class machine_clock final : public clock {
  public:
    time_point now() const override { return std::chrono::steady_clock::now(); }
    unix_time unix_now() const override { return std::chrono::system_clock::now().time_since_epoch(); }
};

}  // namespace

clock& system_clock() {
    static machine_clock instance;
    return instance;
}

}  // namespace mtproto
