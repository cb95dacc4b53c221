// Downloads that are killed in the middle of what they do to the disk, again and again, until the file is
// whole.
//   resume_kills [--kills N] [--seed N]
// A child process downloads and dies at a place that the seed chooses; between two of them a byte of the part
// may change, or its end get lost. When a file is whole every byte is compared, and the next one begins.
#define DOCTEST_CONFIG_IMPLEMENT
#include "localdc/generated.hpp"
#include "resume/disk_calls.hpp"
#include "unit/one_cluster/one_cluster.hpp"

#include <mtproto/sink/pump.hpp>
#include <mtproto/sink/resumable_file.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

using namespace mtproto;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t size = 800'001;  // six windows and a piece
constexpr std::uint64_t contents_seed = 5;
constexpr std::int32_t part_size = 32 * 1024;
/// More than a run from the beginning makes, so that some end by themselves.
constexpr int most_calls = 40;

io::awaitable<void> resolve(client& tg, std::string link, media& into) {
    into = co_await tg.resolve(link);
}

io::awaitable<void> save(client& tg, media file, fs::path to,
                         sink::existing_file there = sink::existing_file::replace) {
    sink::resumable_file out(std::move(to), sink::earlier_part::go_on, there);
    const std::int64_t begin = co_await out.resume(tg, file);
    byte_stream stream = tg.open(file, {begin});
    stream.use(window::sliding(2, 4, part_size));
    co_await sink::pump(stream, out);
}

std::string read(const fs::path& name) {
    std::ifstream in(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

class killing {
  public:
    killing() : all_(serving(), test::one_cluster::client_of(4u << 20)) {
        std::string name = (fs::temp_directory_path() / "mtproto-kills-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder");
        folder_ = name;
        const std::string link = "https://t.me/demo/" + std::to_string(all_.info().messages.at(1).id);
        all_.run(resolve(all_.tg(), link, file_));
        // Keys and connections are made here, once: a child has them from the beginning.
        all_.run(save(all_.tg(), file_, target()));
        whole_.resize(static_cast<std::size_t>(size));
        localdc::generate_bytes(contents_seed, 0, as_writable(whole_));
        check_whole();
    }
    ~killing() { fs::remove_all(folder_); }

    /// One child. Whether it made the file whole; it is removed then.
    bool run(std::mt19937_64& random) {
        const int call = 1 + static_cast<int>(random() % most_calls);
        const double share = static_cast<double>(random() % 1001) / 1000;
        const auto there = random() % 2 == 0 ? sink::existing_file::replace : sink::existing_file::keep;
        const pid_t child = ::fork();
        if (child == 0) {
            test::die_at(call, share);
            try {
                all_.run(save(all_.tg(), file_, target(), there));
                ::_exit(0);
            } catch (const std::exception& thrown) {
                std::fprintf(stderr, "%s\n", thrown.what());
                ::_exit(1);
            }
        }
        int status = 0;
        if (child < 0 || ::waitpid(child, &status, 0) != child) throw std::runtime_error("no child");
        if (WIFEXITED(status)) {
            if (WEXITSTATUS(status) != 0) throw std::runtime_error("a download failed");
            check_whole();
            return true;
        }
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) throw std::runtime_error("a child crashed");
        if (fs::exists(target())) {
            // Killed behind the rename. What may be left of the record does no harm.
            fs::remove(folder_ / "film.bin.part.state");
            check_whole();
            return true;
        }
        damage(random);
        return false;
    }

  private:
    static local_dc_options serving() {
        local_dc_options made;
        made.generated_files.push_back({"film.bin", size, contents_seed});
        return made;
    }
    static byte_span as_writable(std::string& text) {
        return {reinterpret_cast<std::byte*>(text.data()), text.size()};
    }
    fs::path target() const { return folder_ / "film.bin"; }

    void check_whole() {
        if (read(target()) != whole_) throw std::runtime_error("the file is wrong");
        fs::remove(target());
        if (!fs::is_empty(folder_)) throw std::runtime_error("something else is left");
    }

    void damage(std::mt19937_64& random) {
        const fs::path part = folder_ / "film.bin.part";
        const std::uintmax_t there = fs::exists(part) ? fs::file_size(part) : 0;
        if (there == 0) return;
        const std::uintmax_t place = random() % there;
        switch (random() % 6) {
            case 0: {
                std::fstream file(part, std::ios::binary | std::ios::in | std::ios::out);
                file.seekg(static_cast<std::streamoff>(place));
                const char was = static_cast<char>(file.get());
                file.seekp(static_cast<std::streamoff>(place));
                file.put(static_cast<char>(was ^ 1));
                break;
            }
            case 1:
                fs::resize_file(part, place);
                break;
            default:
                break;
        }
    }

    test::one_cluster all_;
    media file_;
    fs::path folder_;
    std::string whole_;
};

int run_all(int kills, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    killing all;
    int files = 0;
    int killed = 0;
    while (killed < kills) {
        if (all.run(random))
            ++files;
        else
            ++killed;
    }
    std::printf("killed %d times, %d files whole\n", killed, files);
    return files > 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
    doctest::Context asserts;
    asserts.setAsDefaultForAssertsOutOfTestCases();
    int kills = 200;
    std::uint64_t seed = 1;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string_view name = values[i];
        if (name == "--kills") kills = std::atoi(values[i + 1]);
        if (name == "--seed") seed = std::strtoull(values[i + 1], nullptr, 10);
    }
    try {
        return run_all(kills, seed);
    } catch (const std::exception& thrown) {
        std::fprintf(stderr, "resume_kills: %s (seed %llu)\n", thrown.what(),
                     static_cast<unsigned long long>(seed));
        return 1;
    }
}
