// The reader over a client and the local data centre, on sockets: the executor has a thread, as players have.
#include "localdc/access.hpp"
#include "unit/blocking/loop_thread.hpp"
#include "unit/one_cluster/served.hpp"
#include "unit/servers_of.hpp"

#include <mtproto/blocking_reader.hpp>
#include <mtproto/client.hpp>

#include <boost/asio/strand.hpp>
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;
using test::loop_thread;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t file_size = 3'300'001;

const std::string& contents() {
    static const std::string data = test::file_of(file_size);
    return data;
}

asio::awaitable<media> find(client& tg, int message) {
    co_await tg.connect();
    co_await tg.login_bot("1:token");
    co_return co_await tg.resolve("https://t.me/demo/" + std::to_string(message));
}

/// A client that has found the file, and its data centre, in one thread.
class scene {
  public:
    explicit scene(std::vector<std::string> faults = {}) {
        folder_ = (fs::temp_directory_path() / "mtproto-blocking-XXXXXX").string();
        REQUIRE(::mkdtemp(folder_.data()) != nullptr);
        std::ofstream(fs::path(folder_) / "one.bin", std::ios::binary) << contents();
        local_dc_options options;
        options.folder = folder_;
        options.faults = std::move(faults);
        loop_.run([&] {
            servers_.emplace(loop_.executor(), std::move(options));
            servers_->start();
            config settings;
            settings.api.id = 1;
            settings.api.hash = "hash";
            settings.servers = test::servers_of(servers_->info());
            settings.byte_budget = 2u << 20;
            client_.emplace(loop_.executor(), std::move(settings));
        });
        file_ = loop_.await(find(*client_, servers_->info().messages.at(0).id));
    }
    ~scene() {
        loop_.run([&] {
            client_.reset();
            servers_.reset();
        });
        fs::remove_all(folder_);
    }

    client& tg() { return *client_; }
    void end_client() { client_.reset(); }
    const media& file() const { return file_; }
    loop_thread& loop() { return loop_; }
    std::int64_t parts() {
        return loop_.run([&] { return local_dc_access::counts(*servers_).parts; });
    }

  private:
    loop_thread loop_;
    std::string folder_;
    std::optional<local_dc> servers_;
    std::optional<client> client_;
    media file_;
};

/// Reads to the end; whether it is the file from `at` to `end`.
bool reads_rest(blocking_reader& from, std::size_t at, std::size_t end = file_size) {
    std::vector<std::byte> into(50'000);
    while (const std::size_t count = from.read(into)) {
        if (at + count > end || std::memcmp(into.data(), contents().data() + at, count) != 0) return false;
        at += count;
    }
    return at == end;
}

/// Reads `count` bytes at `at`, and whether they are the file's.
bool reads_at(blocking_reader& from, std::size_t at, std::size_t count) {
    std::vector<std::byte> into(count);
    from.seek(static_cast<std::int64_t>(at));
    std::size_t filled = 0;
    while (filled < count) {
        const std::size_t more = from.read(byte_span(into).subspan(filled));
        if (more == 0) break;
        filled += more;
    }
    return filled == std::min(count, file_size - std::min(at, file_size)) &&
           (filled == 0 || std::memcmp(into.data(), contents().data() + at, filled) == 0);
}

/// What a read in a thread of its own throws.
std::future<failure> failure_of_read(blocking_reader& from) {
    return std::async(std::launch::async, [&from] {
        std::array<std::byte, 100> into{};
        try {
            (void)from.read(into);
        } catch (const error& thrown) {
            return thrown.info();
        }
        return failure();
    });
}

}  // namespace

TEST_CASE("blocking reader: the whole file, and ranges of it") {
    scene s;
    blocking_reader all(s.tg(), s.file());
    CHECK(all.size() == static_cast<std::int64_t>(file_size));
    CHECK(reads_rest(all, 0));
    CHECK(all.position() == all.size());
    std::array<std::byte, 10> into{};
    CHECK(all.read(into) == 0);
    all.seek(all.size() + 5);
    CHECK(all.read(into) == 0);
    blocking_reader some(s.tg(), s.file(), {1'000'001, 500'000});
    CHECK(some.position() == 1'000'001);
    CHECK(reads_rest(some, 1'000'001, 1'500'001));
}

TEST_CASE("blocking reader: reads and seeks by chance, with a tail and without") {
    scene s;
    for (const std::size_t tail : {0u, 700'000u, 10'000'000u}) {
        CAPTURE(tail);
        stream_options options;
        options.tail = tail;
        blocking_reader from(s.tg(), s.file(), {}, std::move(options));
        std::mt19937 chance(11);
        for (int i = 0; i < 60; ++i)
            REQUIRE(reads_at(from, chance() % (file_size + 10), 1 + chance() % 200'000));
    }
}

TEST_CASE("blocking reader: an index at the end is read without disturbing what is under way") {
    scene s;
    stream_options options;
    options.tail = 300'000;
    blocking_reader from(s.tg(), s.file(), {}, std::move(options));
    CHECK(reads_at(from, 0, 100'000));
    CHECK(reads_at(from, file_size - 250'000, 250'000));
    CHECK(reads_at(from, 100'000, file_size - 100'000));
    // Each part was asked for once, but for what the reader had let go before it looked at the tail.
    CHECK(s.parts() <= static_cast<std::int64_t>(file_size / (128 * 1024) + 12));
}

TEST_CASE("blocking reader: two threads that read get all of it between them") {
    scene s;
    blocking_reader from(s.tg(), s.file());
    const auto count_all = [&from] {
        std::vector<std::byte> into(10'000);
        std::size_t count = 0;
        while (const std::size_t more = from.read(into))
            count += more;
        return count;
    };
    auto one = std::async(std::launch::async, count_all);
    auto other = std::async(std::launch::async, count_all);
    CHECK(one.get() + other.get() == file_size);
}

TEST_CASE("blocking reader: interrupted, it reads on where it was") {
    scene s;
    blocking_reader from(s.tg(), s.file());
    CHECK(reads_at(from, 0, 1000));
    from.interrupt();
    CHECK(failure_of_read(from).get().code == errc::cancelled);
    from.clear_interrupt();
    CHECK(reads_rest(from, 1000));
}

TEST_CASE(
    "blocking reader: one that waits for a silent server is interrupted, closed, or destroyed at once") {
    scene s({"silence@getFile:1x0"});
    blocking_reader from(s.tg(), s.file());
    auto waiting = failure_of_read(from);
    CHECK(waiting.wait_for(50ms) == std::future_status::timeout);
    from.interrupt();
    REQUIRE(waiting.wait_for(5s) == std::future_status::ready);
    CHECK(waiting.get().code == errc::cancelled);
    from.clear_interrupt();
    waiting = failure_of_read(from);
    CHECK(waiting.wait_for(50ms) == std::future_status::timeout);
    from.close();
    REQUIRE(waiting.wait_for(5s) == std::future_status::ready);
    CHECK(waiting.get().code == errc::cancelled);
    CHECK(failure_of_read(from).get().code == errc::cancelled);
    from.close();
    std::thread([gone = blocking_reader(s.tg(), s.file())]() mutable { gone.seek(7); }).join();
}

TEST_CASE("blocking reader: misuse is told") {
    scene s;
    blocking_reader from(s.tg(), s.file());
    const auto code_of = [](auto call) {
        try {
            call();
        } catch (const error& thrown) {
            return thrown.code();
        }
        return boost::system::error_code();
    };
    std::array<std::byte, 10> into{};
    CHECK(code_of([&] { from.seek(-1); }) == errc::bad_argument);
    CHECK(s.loop().run([&] { return code_of([&] { (void)from.read(into); }); }) == errc::bad_argument);
    blocking_reader none;
    CHECK(code_of([&] { (void)none.read(into); }) == errc::cancelled);
    CHECK(none.size() == 0);
    none.seek(3);
    none.close();
}

TEST_CASE("blocking reader: takes over a stream, and goes on where it was") {
    scene s;
    auto stream = s.loop().run([&] { return s.tg().open(s.file(), {100, 900}); });
    auto from = s.loop().run([&] { return blocking_reader(s.loop().executor(), std::move(stream)); });
    CHECK(from.position() == 100);
    CHECK(reads_rest(from, 100, 1000));
    blocking_reader moved = std::move(from);
    CHECK(reads_at(moved, 50, 100));
    from = blocking_reader(s.tg(), s.file());
    CHECK(reads_at(from, 12345, 100));
}

TEST_CASE("blocking reader: what a progress callback throws comes out of read() as it is") {
    scene s;
    stream_options options;
    options.on_progress = [](const progress&) { throw std::logic_error("of the callback"); };
    blocking_reader from(s.tg(), s.file(), {file_size - 10, 10}, std::move(options));
    std::array<std::byte, 10> into{};
    CHECK_THROWS_WITH_AS((void)from.read(into), "of the callback", std::logic_error);
}

TEST_CASE("blocking reader: it goes right before its client, opened or not yet") {
    for (const bool read : {false, true}) {
        scene s;
        auto other = s.loop().run([&] { return std::make_unique<client>(s.loop().executor(), config{}); });
        std::optional<blocking_reader> from;
        if (read) {
            from.emplace(s.tg(), s.file());
            CHECK(reads_at(*from, 5, 100));
        }
        s.loop().run([&] {
            if (!read) from.emplace(*other, s.file());
            from.reset();
            if (read)
                s.end_client();
            else
                other.reset();
        });
        s.loop().run([] {});
        if (other) s.loop().run([&] { other.reset(); });
    }
}

TEST_CASE("blocking reader: it may outlive its client's executor") {
    std::optional<scene> s(std::in_place);
    blocking_reader from(s->tg(), s->file());
    CHECK(reads_at(from, 5, 100));
    from.close();
    s.reset();
    CHECK(failure_of_read(from).get().code == errc::cancelled);
    from.seek(0);
}
