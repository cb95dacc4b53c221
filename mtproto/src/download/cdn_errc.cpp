// The texts of CDNs' failures.
#include "download/cdn_errc.hpp"

#include <string>

namespace mtproto::download {
namespace {

class category final : public boost::system::error_category {
  public:
    const char* name() const noexcept override { return "mtproto.cdn"; }
    std::string message(int code) const override {
        switch (static_cast<cdn_errc>(code)) {
            case cdn_errc::expired:
                return "the CDN's token of the file has expired";
            case cdn_errc::failed:
                return "the CDN cannot be used";
        }
        return "unknown error";
    }
};

}  // namespace

const boost::system::error_category& cdn_category() noexcept {
    static const category instance;
    return instance;
}

}  // namespace mtproto::download
