// What probe reads off files on the disk.
#include "unit/remux/samples.hpp"

#include <mtproto/probe.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

using namespace mtproto;
using namespace mtproto::test;
namespace fs = std::filesystem;

namespace {

/// A file that is removed with it.
class temporary_file {
  public:
    temporary_file(const std::string& name, const std::vector<std::byte>& data)
        : folder_(fs::temp_directory_path() / ("probe-test-" + std::to_string(::getpid()))) {
        fs::create_directories(folder_);
        std::ofstream(path_ = folder_ / name, std::ios::binary)
            .write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
    }
    ~temporary_file() { fs::remove_all(folder_); }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;

    const fs::path& path() const { return path_; }

  private:
    fs::path folder_, path_;
};

}  // namespace

TEST_CASE("a video tells the size of its pictures and how long it is") {
    const temporary_file file("a: film.mkv", make_sample({.frames = 50, .width = 160}));
    const auto found = probe(file.path());
    REQUIRE(found.has_value());
    CHECK(found->width == 160);
    CHECK(found->height > 0);
    CHECK(std::chrono::duration<double>(found->duration).count() == doctest::Approx(2.0).epsilon(0.1));
}

TEST_CASE("sound alone has a duration and no pictures") {
    const temporary_file file("tone.mkv", make_sample({.video = "", .frames = 50}));
    const auto found = probe(file.path());
    REQUIRE(found.has_value());
    CHECK(found->width == 0);
    CHECK(std::chrono::duration<double>(found->duration).count() == doctest::Approx(2.0).epsilon(0.1));
}

TEST_CASE("what is no media file tells nothing") {
    const temporary_file file("film.mkv", std::vector<std::byte>(5000, std::byte{'x'}));
    CHECK_FALSE(probe(file.path()).has_value());
    CHECK_FALSE(probe("/nonexistent/film.mkv").has_value());
}
