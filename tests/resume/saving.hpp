// A folder, a cluster, and downloads that end where a test wants them to.
#pragma once

#include "unit/one_cluster/one_cluster.hpp"

#include <mtproto/sink/pump.hpp>
#include <mtproto/sink/resumable_file.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::test {

inline constexpr std::int64_t piece = 128 << 10;
inline const std::int64_t whole = static_cast<std::int64_t>(test::file_size);

inline std::string read(const std::filesystem::path& name) {
    std::ifstream in(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void write(const std::filesystem::path& name, const std::string& text) {
    std::ofstream(name, std::ios::binary) << text;
}

/// What one run did.
struct ran {
    std::int64_t begin = -1;     ///< where it went on
    std::int64_t repaired = 0;   ///< bytes
    std::optional<failure> met;  ///< what ended it
    bool left = false;
    bool was_there = false;
    std::filesystem::path name;  ///< where it stands
    std::vector<std::string> warnings;
};

/// A folder, and a cluster to download from.
class saving {
  public:
    /// Without faults the cluster is one for all tests: making it costs most of a test's time.
    explicit saving(std::vector<std::string> faults = {}) {
        if (!faults.empty()) own_.emplace(std::move(faults));
        std::string name = (std::filesystem::temp_directory_path() / "mtproto-resume-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
    }
    ~saving() { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder() const { return folder_; }
    std::filesystem::path target() const { return folder_ / "film.bin"; }
    std::filesystem::path part() const { return folder_ / "film.bin.part"; }
    std::filesystem::path record() const { return folder_ / "film.bin.part.state"; }
    std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_),
                                                      std::filesystem::directory_iterator()));
    }
    /// What becomes of a file that has the name.
    sink::existing_file there = sink::existing_file::replace;

    client& tg() { return cluster().tg(); }
    media& file() { return cluster().file(); }
    void perform(io::awaitable<void> task) { cluster().run(std::move(task)); }

    /// One process: goes on, and ends when it has written `most` bytes.
    ran run(std::int64_t most = whole, sink::earlier_part what = sink::earlier_part::go_on) {
        ran told;
        const log_sink log = [&](log_level level, std::string_view line) {
            if (level == log_level::warning) told.warnings.emplace_back(line);
        };
        sink::resumable_file out(target(), what, there, log);
        cluster().run(go_on(cluster().tg(), cluster().file(), out, most, told));
        told.repaired = out.repaired();
        told.left = out.left().has_value();
        told.was_there = out.was_there();
        told.name = out.name();
        return told;
    }
    /// A run that must end in the whole file and nothing else.
    ran finish(sink::earlier_part what = sink::earlier_part::go_on) {
        const ran told = run(whole, what);
        CHECK_MESSAGE(!told.met, (told.met ? told.met->message() : std::string()));
        CHECK((read(target()) == test::contents()));
        CHECK(entries() == 1);
        return told;
    }

  private:
    static io::awaitable<void> go_on(client& tg, const media& file, sink::resumable_file& out,
                                     std::int64_t most, ran& told) {
        try {
            told.begin = co_await out.resume(tg, file);
            byte_stream stream = tg.open(file, {told.begin});
            if (most == whole) {
                co_await sink::pump(stream, out);
                co_return;
            }
            std::int64_t left = most - told.begin;
            while (left > 0) {
                std::optional<chunk> part = co_await stream.next();
                if (!part) break;
                const auto count = std::min<std::int64_t>(left, static_cast<std::int64_t>(part->data.size()));
                part->data = part->data.slice(0, static_cast<std::size_t>(count));
                left -= count;
                const outcome<void> written = co_await out.write(std::move(*part));
                if (!written) throw error(written.error());
            }
        } catch (const error& thrown) {
            told.met = thrown.info();
        }
    }

    test::one_cluster& cluster() {
        static test::one_cluster shared;
        return own_ ? *own_ : shared;
    }

    std::optional<test::one_cluster> own_;
    std::filesystem::path folder_;
};

}  // namespace mtproto::test
