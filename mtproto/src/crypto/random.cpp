// The system's random generator.
#include <mtproto/random.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <climits>
#include <stdexcept>

namespace mtproto {
namespace {

class openssl_random final : public random_source {
  public:
    void fill(byte_span out) override {
        while (!out.empty()) {
            const std::size_t step = std::min<std::size_t>(out.size(), INT_MAX);
            if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(step)) != 1)
                throw std::runtime_error("the system's random generator failed");
            out = out.subspan(step);
        }
    }
};

}  // namespace

random_source& system_random() {
    static openssl_random source;
    return source;
}

}  // namespace mtproto
