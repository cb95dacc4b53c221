// What the client process costs: CPU seconds and peak memory of `mtpipe get` on loopback, as a whole process.
//
// The file's size in MiB is read from MTPROTO_BENCH_MIB (default 1024). The local data centre runs beside it,
// on the same processors; its own cost is not counted.
#include "process.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using namespace mtproto::bench;

long long file_mib() {
    const char* text = std::getenv("MTPROTO_BENCH_MIB");
    return text ? std::atoll(text) : 1024;
}

// A served folder with one file of random bytes, and a login.
class fixture {
  public:
    fixture() : folder_(fs::temp_directory_path() / ("mtproto-bench-" + std::to_string(::getpid()))) {
        fs::create_directories(folder_ / "served");
        ::setenv("XDG_DATA_HOME", (folder_ / "data").c_str(), 1);
        write_random(folder_ / "served" / "film.mkv", file_mib() << 20);
        server_ = std::make_unique<background>(
            std::vector<std::string>{MTPIPE, "localdc", (folder_ / "served").string(), "--info", info()});
        for (int tries = 0; !fs::exists(info()); ++tries) {
            if (tries == 600) throw std::runtime_error("the local data centre does not start");
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        if (run({MTPIPE, "--dc-info", info(), "login", "--bot", "-"}, output::null, "1:bench\n").exit_code !=
            0)
            throw std::runtime_error("cannot log in");
    }
    ~fixture() {
        server_.reset();
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }

    std::string info() const { return (folder_ / "info.json").string(); }
    std::string target() const { return (folder_ / "out.mkv").string(); }
    cost get(const std::string& to, output where) const {
        return run({MTPIPE, "--dc-info", info(), "get", "https://t.me/demo/2", "-o", to, "--quiet"}, where);
    }

  private:
    static void write_random(const fs::path& path, long long size) {
        std::mt19937_64 random(1);
        std::vector<std::uint64_t> block(1 << 17);
        std::ofstream out(path, std::ios::binary);
        for (long long written = 0; written < size; written += 1 << 20) {
            for (std::uint64_t& word : block)
                word = random();
            out.write(reinterpret_cast<const char*>(block.data()), 1 << 20);
        }
    }

    fs::path folder_;
    std::unique_ptr<background> server_;
};

fixture& shared() {
    static fixture instance;
    return instance;
}

void report(benchmark::State& state, const cost& spent) {
    state.SetIterationTime(spent.wall);
    state.counters["cpu_s"] = spent.cpu();
    state.counters["user_s"] = spent.user;
    state.counters["sys_s"] = spent.system;
    state.counters["peak_MiB"] = spent.peak_mib;
    state.counters["MB_per_s"] = static_cast<double>(file_mib() << 20) / 1e6 / spent.wall;
    if (spent.exit_code != 0) state.SkipWithError("the program failed");
}

void to_null(benchmark::State& state) {
    for (auto _ : state)
        report(state, shared().get("-", output::null));
}

void to_pipe(benchmark::State& state) {
    for (auto _ : state) {
        const cost spent = shared().get("-", output::pipe);
        report(state, spent);
        if (spent.out_bytes != file_mib() << 20) state.SkipWithError("not the whole file came out");
    }
}

void to_file(benchmark::State& state) {
    for (auto _ : state) {
        report(state, shared().get(shared().target(), output::null));
        fs::remove(shared().target());
    }
}

// What a plain program needs to write the same bytes to the same disk, in the same pieces.
void plain_write(benchmark::State& state) {
    const std::string count = std::to_string(file_mib() * 2);
    for (auto _ : state) {
        report(state, run({"dd", "if=/dev/zero", "of=" + shared().target(), "bs=512K", "count=" + count,
                           "conv=fsync", "status=none"},
                          output::null));
        fs::remove(shared().target());
    }
}

}  // namespace

BENCHMARK(to_null)->UseManualTime()->Iterations(1)->Repetitions(3)->Unit(benchmark::kSecond);
BENCHMARK(to_pipe)->UseManualTime()->Iterations(1)->Repetitions(3)->Unit(benchmark::kSecond);
BENCHMARK(plain_write)->UseManualTime()->Iterations(1)->Repetitions(3)->Unit(benchmark::kSecond);
BENCHMARK(to_file)->UseManualTime()->Iterations(1)->Repetitions(3)->Unit(benchmark::kSecond);

BENCHMARK_MAIN();
