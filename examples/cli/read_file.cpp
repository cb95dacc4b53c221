// Opens without waiting, looks at what it is, reads.
#include "read_file.hpp"

#include "exit_code.hpp"

#include <mtproto/error.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/core.h>
#include <openssl/crypto.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace mtpipe {
namespace {

namespace asio = boost::asio;

constexpr int to_read = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

struct opened_file {
    explicit opened_file(const std::string& path) : number(::open(path.c_str(), to_read)) {}
    opened_file(const opened_file&) = delete;
    opened_file& operator=(const opened_file&) = delete;
    ~opened_file() {
        if (number >= 0) ::close(number);
    }
    int number;
};

std::string reason(int error) {
    return std::generic_category().message(error);
}

/// Overwritten when it goes.
struct secret_room {
    std::string text;
    ~secret_room() { OPENSSL_cleanse(text.data(), text.capacity()); }
};

}  // namespace

std::string read_file(const std::string& path, std::size_t most) {
    const auto refused = [&](const std::string& why) {
        return command_error{exit_code::usage, fmt::format("cannot read {}: {}", path, why)};
    };
    const opened_file file(path);
    struct ::stat about {};
    if (file.number < 0 || ::fstat(file.number, &about) != 0) throw refused(reason(errno));
    if (!S_ISREG(about.st_mode)) throw refused("it is not a regular file");
    std::string text;
    std::array<char, 1 << 16> some;
    for (;;) {
        const auto got = ::read(file.number, some.data(), some.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw refused(reason(errno));
        if (got == 0) return text;
        text.append(some.data(), static_cast<std::size_t>(got));
        if (text.size() > most) throw refused("it is too large");
    }
}

asio::awaitable<std::string> first_line_of(asio::any_io_executor executor, std::string path,
                                           std::size_t most) {
    const auto refused = [&](const std::string& why) {
        return command_error{exit_code::usage, "no passphrase can be read from " + path + ": " + why};
    };
    const opened_file file(path);
    struct ::stat about {};
    if (file.number < 0 || ::fstat(file.number, &about) != 0) throw refused(reason(errno));
    if (S_ISDIR(about.st_mode)) throw refused(reason(EISDIR));
    asio::posix::stream_descriptor input(executor);
    if (!S_ISREG(about.st_mode)) input.assign(::fcntl(file.number, F_DUPFD_CLOEXEC, 0));

    secret_room read;
    read.text.resize(most);
    std::size_t size = 0;
    const auto so_far = [&] { return std::string_view(read.text).substr(0, size); };
    while (size < most && so_far().find('\n') == so_far().npos) {
        // A pipe that nobody has opened yet to write reads as if it had ended.
        boost::system::error_code failed;
        if (input.is_open())
            co_await input.async_wait(asio::posix::stream_descriptor::wait_read,
                                      asio::redirect_error(asio::use_awaitable, failed));
        if (failed == asio::error::operation_aborted)
            throw mtproto::error(mtproto::failure(mtproto::errc::cancelled));
        if (failed) input.close();  // what cannot be waited for never makes anybody wait
        const auto got = ::read(file.number, read.text.data() + size, most - size);
        if (got < 0 && (errno == EINTR || (errno == EAGAIN && input.is_open()))) continue;
        if (got < 0) throw refused(reason(errno));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    const std::size_t end = so_far().find('\n');
    if (end == so_far().npos && size == most) throw refused("its first line is too long");
    std::string line(so_far().substr(0, end));
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) throw refused("its first line is empty");
    co_return line;
}

}  // namespace mtpipe
