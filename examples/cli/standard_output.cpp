// Writes to standard output, waiting as the executor waits.
#include "standard_output.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace mtpipe {
namespace {

namespace asio = boost::asio;

constexpr int pipe_capacity =
    1 << 20;  // bytes, as much as Linux gives without privileges: fewer turns to write

/// Bytes that a pipe takes without waiting, once poll() finds room in it.
constexpr std::size_t safe_write_size = PIPE_BUF;

/// A second descriptor of the pipe that does not wait; -1 where that is refused, as for another user's.
int open_again(int descriptor) {
    const int own =
        ::open(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (own >= 0) ::fcntl(own, F_SETPIPE_SZ, pipe_capacity);  // when refused, it stays as it is
    return own;
}

mtproto::failure refused(int error) {
    // A reader that goes away is no fault of the place, so io_failed's advice would be none.
    if (error == EPIPE || error == ECONNRESET) {
        mtproto::failure gone(make_error_code(boost::system::errc::broken_pipe));
        gone.detail = "nobody reads standard output any more";
        return gone;
    }
    return {mtproto::errc::io_failed,
            "cannot write to standard output: " + std::generic_category().message(error)};
}

}  // namespace

standard_output::own_descriptor::~own_descriptor() {
    if (number >= 0) ::close(number);
}

standard_output::standard_output(const asio::any_io_executor& executor, int descriptor) : room_(executor) {
    struct stat about {};
    if (::fstat(descriptor, &about) != 0) throw mtproto::error(refused(errno));
    socket_ = S_ISSOCK(about.st_mode);
    if (S_ISFIFO(about.st_mode)) out_.number = open_again(descriptor);
    const bool shared = out_.number < 0;
    if (shared) out_.number = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (out_.number < 0) throw mtproto::error(refused(errno));

    const int room = ::epoll_create1(EPOLL_CLOEXEC);
    if (room < 0) throw mtproto::error(refused(errno));
    boost::system::error_code failed;
    room_.assign(room, failed);
    if (failed) {
        ::close(room);
        throw mtproto::error(refused(failed.value()));
    }
    epoll_event nothing{};
    // Refused for a regular file, which never says that it has no room.
    const bool can_be_full = ::epoll_ctl(room, EPOLL_CTL_ADD, out_.number, &nothing) == 0;
    may_block_ = can_be_full && shared && !socket_;
}

bool standard_output::has_room() const {
    pollfd out{out_.number, POLLOUT, 0};
    return ::poll(&out, 1, 0) != 0;
}

ssize_t standard_output::write_some(mtproto::byte_view data) {
    if (socket_) return ::send(out_.number, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (!may_block_) return ::write(out_.number, data.data(), data.size());
    if (has_room()) return ::write(out_.number, data.data(), std::min(data.size(), safe_write_size));
    errno = EAGAIN;
    return -1;
}

void standard_output::watch_for_room() {
    epoll_event once{};
    once.events = EPOLLOUT | EPOLLONESHOT;
    ::epoll_ctl(room_.native_handle(), EPOLL_CTL_MOD, out_.number, &once);
}

asio::awaitable<mtproto::outcome<void>> standard_output::write(mtproto::chunk part) {
    mtproto::byte_view rest = part.data;
    while (!rest.empty()) {
        const ssize_t count = write_some(rest);
        if (count >= 0) {
            rest = rest.subspan(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            watch_for_room();
            boost::system::error_code failed;
            co_await room_.async_wait(asio::posix::stream_descriptor::wait_read,
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
