// Opens by the rules that files are opened by.
#include "sink/target.hpp"

#include <mtproto/error.hpp>
#include <mtproto/sink/stream_output.hpp>

#include <sys/stat.h>
#include <unistd.h>

namespace mtproto::sink {

std::optional<stream_output> stream_output::open(const std::filesystem::path& name) {
    struct ::stat about {};
    if (::stat(name.c_str(), &about) == 0 && S_ISDIR(about.st_mode)) return std::nullopt;
    outcome<target> found = find_target(name);
    if (!found) throw error(found.error());
    if (!found->stream) return std::nullopt;
    return stream_output(found->stream.release(), found->descriptor);
}

stream_output& stream_output::operator=(stream_output&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    copied_ = other.copied_;
    return *this;
}

stream_output::~stream_output() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace mtproto::sink
