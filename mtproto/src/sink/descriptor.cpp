// Chunks to a descriptor, however little it takes at a time.
#include <mtproto/sink/descriptor.hpp>

#include <cerrno>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace mtproto::sink {
namespace {

failure refused(int error) {
    return failure(errc::io_failed, "cannot write the output: " + std::generic_category().message(error));
}

}  // namespace

boost::asio::awaitable<outcome<void>> descriptor::write(chunk part) {
    byte_view rest = part.data;
    while (!rest.empty()) {
        const ssize_t count = ::write(fd_, rest.data(), rest.size());
        if (count >= 0) {
            rest = rest.subspan(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            pollfd ready{fd_, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            co_return refused(errno);
        }
    }
    co_return outcome<void>{};
}

boost::asio::awaitable<outcome<void>> descriptor::finish() {
    co_return outcome<void>{};
}

}  // namespace mtproto::sink
