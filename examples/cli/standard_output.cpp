// Writes to standard output, waiting as the executor waits.
#include "standard_output.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace mtpipe {
namespace {

namespace asio = boost::asio;

constexpr int pipe_capacity =
    1 << 20;  // bytes, as much as Linux gives without privileges: fewer turns to write

int open_again() {
    struct stat about {};
    if (::fstat(STDOUT_FILENO, &about) == 0 && S_ISFIFO(about.st_mode)) {
        const int own = ::open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        if (own >= 0) {
            ::fcntl(own, F_SETPIPE_SZ, pipe_capacity);  // when refused, it stays as it is
            return own;
        }
    }
    return ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
}

mtproto::failure refused(int error) {
    return {mtproto::errc::io_failed,
            "cannot write to standard output: " + std::generic_category().message(error)};
}

}  // namespace

standard_output::standard_output(const asio::any_io_executor& executor) : out_(executor) {
    boost::system::error_code failed;
    out_.assign(open_again(), failed);
    if (failed) throw mtproto::error(refused(failed.value()));
}

asio::awaitable<mtproto::outcome<void>> standard_output::write(mtproto::chunk part) {
    mtproto::byte_view rest = part.data;
    while (!rest.empty()) {
        const ssize_t count = ::write(out_.native_handle(), rest.data(), rest.size());
        if (count >= 0) {
            rest = rest.subspan(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            boost::system::error_code failed;
            co_await out_.async_wait(asio::posix::stream_descriptor::wait_write,
                                     asio::redirect_error(asio::use_awaitable, failed));
            if (failed == asio::error::operation_aborted)
                co_return mtproto::failure(mtproto::errc::cancelled);
            if (failed) co_return refused(failed.value());
        } else if (errno != EINTR) {
            co_return refused(errno);
        }
    }
    co_return mtproto::outcome<void>{};
}

asio::awaitable<mtproto::outcome<void>> standard_output::finish() {
    co_return mtproto::outcome<void>{};
}

}  // namespace mtpipe
