// One part at a time.
#include <mtproto/window.hpp>

namespace mtproto::window {

std::unique_ptr<strategy> sequential(std::int32_t part_size) {
    return sliding(1, 1, part_size);
}

}  // namespace mtproto::window
