// Files that nobody else may read or have written: what is replaced, what is not, and what is left.
#include "base/private_file.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mtproto;
namespace fs = std::filesystem;

namespace {

struct folder {
    folder() {
        std::string name = (fs::temp_directory_path() / "mtproto-private-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~folder() { fs::remove_all(path); }

    void put(const char* name, const std::string& text) const { std::ofstream(path / name) << text; }
    std::string get(const char* name) const {
        std::ifstream in(path / name);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(path), fs::directory_iterator()));
    }

    fs::path path;
};

::mode_t mode_of(const fs::path& path) {
    struct ::stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    return about.st_mode & 07777;
}

const byte_view text = as_bytes("secret");

}  // namespace

TEST_CASE("a private file is its owner's alone and a public one everybody's to read, whatever the umask") {
    for (const ::mode_t mask : {0, 022, 0277}) {
        const folder here;
        const ::mode_t before = ::umask(mask);
        CHECK(replace_file(here.path / "a", text).has_value());
        CHECK(replace_file(here.path / "b", text, file_readers::everybody).has_value());
        ::umask(before);
        CHECK(mode_of(here.path / "a") == 0600);
        CHECK(mode_of(here.path / "b") == 0644);
        CHECK(here.get("a") == "secret");
        CHECK(here.files() == 2);
    }
}

TEST_CASE(
    "a file that was open to others is closed to them by being replaced, and a reader keeps the old one") {
    const folder here;
    here.put("a", "old");
    REQUIRE(::chmod((here.path / "a").c_str(), 0666) == 0);
    std::ifstream spying(here.path / "a");
    CHECK(replace_file(here.path / "a", text).has_value());
    CHECK(mode_of(here.path / "a") == 0600);
    CHECK(std::string(std::istreambuf_iterator<char>(spying), {}) == "old");
    CHECK(here.get("a") == "secret");
}

TEST_CASE("what is no regular file is not replaced, and nothing is left beside it") {
    const folder here;
    REQUIRE(::mkfifo((here.path / "a").c_str(), 0600) == 0);
    fs::create_directory(here.path / "b");
    fs::create_symlink("/dev/null", here.path / "c");
    fs::create_symlink("/proc/self/fd/0", here.path / "d");
    for (const char* name : {"a", "b", "c", "d"}) {
        CAPTURE(name);
        const auto written = replace_file(here.path / name, text);
        REQUIRE_FALSE(written.has_value());
        CHECK(written.error().code == errc::io_failed);
        CHECK(written.error().detail.find((here.path / name).string()) != std::string::npos);
    }
    CHECK(here.files() == 4);
    CHECK(fs::is_fifo(here.path / "a"));
    CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("another user's file and link are not replaced and not followed") {
    const folder here;
    here.put("victim", "precious");
    here.put("a", "theirs");
    fs::create_symlink("victim", here.path / "b");
    if (::lchown((here.path / "a").c_str(), 65534, 65534) != 0) return;  // for root alone
    REQUIRE(::lchown((here.path / "b").c_str(), 65534, 65534) == 0);
    for (const char* name : {"a", "b"}) {
        CHECK_FALSE(replace_file(here.path / name, text).has_value());
        CHECK_FALSE(read_private_file(here.path / name, 100).has_value());
    }
    CHECK(here.get("a") == "theirs");
    CHECK(here.get("victim") == "precious");
    CHECK(here.files() == 3);
}

TEST_CASE("links that others plant under every name that can be foreseen are not written through") {
    const folder here;
    here.put("victim", "precious");
    const std::string pid = std::to_string(::getpid());
    for (const std::string& ending : {std::string(".new"), std::string(".tmp"), "." + pid + ".tmp"})
        fs::create_symlink("victim", here.path / ("a" + ending));
    CHECK(replace_file(here.path / "a", text).has_value());
    CHECK(here.get("victim") == "precious");
    CHECK(here.files() == 5);
}

TEST_CASE("a disk that is full, and a folder that cannot be, leave what was there") {
    const folder here;
    here.put("a", "old");
    CHECK_FALSE(replace_file(here.path / "a" / "b", text).has_value());
    const auto long_name = here.path / std::string(250, 'x');
    CHECK_FALSE(replace_file(long_name, text).has_value());
    CHECK(here.get("a") == "old");
    CHECK(here.files() == 1);
}

TEST_CASE("a private file is read as far as it is no larger than it may be") {
    const folder here;
    CHECK_FALSE(read_private_file(here.path / "a", 6).value().has_value());
    CHECK(replace_file(here.path / "a", text).has_value());
    CHECK(as_text(read_private_file(here.path / "a", 6).value().value()) == "secret");
    CHECK_FALSE(read_private_file(here.path / "a", 5).has_value());
    CHECK(remove_private_file(here.path / "a").has_value());
    CHECK(remove_private_file(here.path / "a").has_value());
}

TEST_CASE("a lock is held by one at a time, and leaves nothing") {
    const folder here;
    {
        std::optional<file_lock> held;
        {
            auto taken = file_lock::take(here.path / "a");
            REQUIRE(taken.has_value());
            held.emplace(std::move(*taken));
        }
        const ::pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            const bool got = file_lock::take(here.path / "a").has_value();
            ::_exit(got ? 0 : 1);
        }
        ::usleep(50'000);
        int how = 1;
        CHECK(::waitpid(child, &how, WNOHANG) == 0);
        held.reset();
        REQUIRE(::waitpid(child, &how, 0) == child);
        CHECK(how == 0);
        CHECK(here.files() == 0);
    }
    // One that a killed process left is taken over.
    here.put("a.lock", "");
    CHECK(file_lock::take(here.path / "a").has_value());
    CHECK(here.files() == 0);
}

TEST_CASE("a file in use is refused to others at once, until its holder or the process ends") {
    const folder here;
    const auto of_another_process = [&] {
        const ::pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            const auto taken = file_lock::for_use(here.path / "a");
            ::_exit(taken ? 0 : taken.error().code == errc::account_in_use ? 1 : 2);
        }
        int how = 1;
        REQUIRE(::waitpid(child, &how, 0) == child);
        return WEXITSTATUS(how);
    };
    {
        const auto held = file_lock::for_use(here.path / "a");
        REQUIRE(held.has_value());
        CHECK(held->holds());
        CHECK(of_another_process() == 1);
        CHECK(file_lock::for_use(here.path / "a").error().code == errc::account_in_use);
        CHECK(file_lock::take(here.path / "a").has_value());  // to change it is another thing
    }
    CHECK(here.files() == 0);
    CHECK(of_another_process() == 0);
    CHECK(file_lock::for_use(here.path / "a")->holds());  // what the process left is nobody's
    CHECK(here.files() == 0);
}

TEST_CASE("a folder that cannot be written has the lock that another has made there, or none") {
    const folder here;
    here.put("a.used", "");
    const ::pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        // Root may write anywhere.
        const bool root = ::geteuid() == 0;
        if (root && (::chown(here.path.c_str(), 65534, 65534) != 0 ||
                     ::chown((here.path / "a.used").c_str(), 65534, 65534) != 0))
            ::_exit(2);
        if (::chmod((here.path / "a.used").c_str(), 0400) != 0 || ::chmod(here.path.c_str(), 0555) != 0 ||
            (root && ::setuid(65534) != 0))
            ::_exit(3);
        const auto held = file_lock::for_use(here.path / "a");
        if (!held || !held->holds() || file_lock::for_use(here.path / "a").has_value()) ::_exit(4);
        const auto none = file_lock::for_use(here.path / "b");
        ::_exit(none && !none->holds() ? 0 : 5);
    }
    int how = 1;
    REQUIRE(::waitpid(child, &how, 0) == child);
    CHECK(how == 0);
    CHECK(::chmod(here.path.c_str(), 0755) == 0);
}
