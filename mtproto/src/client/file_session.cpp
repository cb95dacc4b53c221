// A session in a file: private, whole or not at all, and one for each cluster.
#include "client/session_format.hpp"

#include <mtproto/session_store.hpp>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace mtproto {
namespace {

namespace fs = std::filesystem;

constexpr ::mode_t private_mode = S_IRUSR | S_IWUSR;
constexpr ::mode_t anyone_else = S_IRWXG | S_IRWXO;

/// Closes itself.
class descriptor {
  public:
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() { close(); }

    explicit operator bool() const noexcept { return number_ >= 0; }
    int get() const noexcept { return number_; }
    bool close() noexcept {
        const int closing = std::exchange(number_, -1);
        return closing < 0 || ::close(closing) == 0;
    }

  private:
    int number_;
};

bool write_all(int file, byte_view data) {
    while (!data.empty()) {
        const ::ssize_t count = ::write(file, data.data(), data.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        data = data.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

bool read_all(int file, byte_span into) {
    while (!into.empty()) {
        const ::ssize_t count = ::read(file, into.data(), into.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        into = into.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

class file_store final : public session_store {
  public:
    explicit file_store(fs::path path) : base_(std::move(path)), path_(base_) {}

    void select(std::string_view cluster) override {
        fs::path name = base_.stem();
        name += "." + std::string(cluster);
        name += base_.extension();
        path_ = base_.parent_path() / name;
    }

    outcome<std::optional<stored_session>> load() override {
        const descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        if (!file) {
            if (errno == ENOENT) return std::optional<stored_session>();
            return refused("cannot open", errno);
        }
        struct ::stat about {};
        if (::fstat(file.get(), &about) != 0) return refused("cannot look at", errno);
        if (!S_ISREG(about.st_mode)) return failed("is not a regular file");
        if ((about.st_mode & anyone_else) != 0)
            return failed("can be read by others than its owner; run: chmod 600 " + path_.string());
        if (about.st_size > static_cast<::off_t>(core::max_session_size))
            return failed("is too large to be a session file");
        core::secret_buffer contents(static_cast<std::size_t>(about.st_size));
        if (!read_all(file.get(), contents.span())) return refused("cannot read", errno);
        outcome<stored_session> read = core::decode_session(contents.view());
        if (!read) return failed("cannot be used (" + read.error().detail + "); remove it and log in again");
        return std::optional<stored_session>(std::move(*read));
    }

    outcome<void> save(const stored_session& session) override {
        std::error_code why;
        if (path_.has_parent_path()) fs::create_directories(path_.parent_path(), why);
        if (why) return refused("cannot make the folder of", why.value());
        const core::secret_buffer contents = core::encode_session(session);

        const fs::path beside = path_.string() + "." + std::to_string(::getpid()) + ".tmp";
        // A leftover of a process that had the same number and was killed.
        ::unlink(beside.c_str());
        descriptor file(
            ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, private_mode));
        if (!file) return refused("cannot create", errno);
        const bool written = ::fchmod(file.get(), private_mode) == 0 &&
                             write_all(file.get(), contents.view()) && ::fsync(file.get()) == 0 &&
                             file.close();
        if (!written || ::rename(beside.c_str(), path_.c_str()) != 0) {
            const int error = errno;
            ::unlink(beside.c_str());
            return refused("cannot write", error);
        }
        sync_folder();
        return {};
    }

    outcome<void> remove() override {
        if (::unlink(path_.c_str()) != 0 && errno != ENOENT) return refused("cannot remove", errno);
        return {};
    }

  private:
    /// Makes the rename last. A file system that cannot is no reason to fail.
    void sync_folder() const {
        const fs::path folder = path_.has_parent_path() ? path_.parent_path() : fs::path(".");
        const descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (opened) ::fsync(opened.get());
    }

    failure failed(const std::string& why) const { return {errc::session_file, path_.string() + " " + why}; }
    failure refused(const char* what, int error) const {
        return {errc::session_file,
                std::string(what) + " " + path_.string() + ": " + std::generic_category().message(error)};
    }

    fs::path base_;
    fs::path path_;
};

}  // namespace

std::shared_ptr<session_store> file_session(std::filesystem::path path) {
    return std::make_shared<file_store>(std::move(path));
}

}  // namespace mtproto
