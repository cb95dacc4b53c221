// Parts compared with the server's hashes, in virtual time: what is shared, straddled, wrong, and mended.
#include "crypto/sha.hpp"
#include "download/verified_source.hpp"
#include "unit/download/fake_source.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

using namespace mtproto;
using namespace download_test;
using namespace std::chrono_literals;
namespace io = mtproto::io;

namespace {

/// The hashes of a fake file in windows of any size.
class hashed_fake final : public download::hashed_source {
  public:
    hashed_fake(std::shared_ptr<fake_source> of, io::timers& time, std::int64_t size)
        : parts(std::move(of)), time_(time), size_(size) {}

    int connections() const override { return parts->connections(); }
    io::awaitable<outcome<void>> open(int connection) override { return parts->open(connection); }
    io::awaitable<download::reply<bytes>> fetch(int connection, std::int64_t offset,
                                                std::int32_t limit) override {
        return parts->fetch(connection, offset, limit);
    }

    io::awaitable<download::reply<std::vector<file_hash>>> hashes(int connection,
                                                                  std::int64_t offset) override {
        asked_for.push_back(offset);
        connections_asked.push_back(connection);
        const auto call = static_cast<int>(asked_for.size());
        if (const auto waited = co_await time_.sleep_for(10ms); !waited) co_return failure(waited.error());
        if (trouble)
            if (failure why = trouble(call); why.code) co_return why;
        std::vector<file_hash> made;
        std::int64_t at = offset / window * window;
        for (int i = 0; i < windows_a_call && at < size_; ++i, at += window) {
            file_hash one;
            one.offset = at;
            one.length = std::min(window, size_ - at);
            one.sha256 = crypto::sha256(content(at, one.length));
            if (wrong && wrong(call, at)) one.sha256[31] ^= std::byte{1};
            made.push_back(one);
        }
        co_return made;
    }
    download::no_reply disproved(std::int64_t) const override { return failure(errc::bad_part); }

    std::shared_ptr<fake_source> parts;
    std::int64_t window = 128 * kib;
    int windows_a_call = 8;
    std::function<failure(int call)> trouble;
    std::function<bool(int call, std::int64_t offset)> wrong;
    std::vector<std::int64_t> asked_for;
    std::vector<int> connections_asked;

  private:
    io::timers& time_;
    std::int64_t size_;
};

/// Goes where a fake file goes; its parts come from elsewhere.
class fixed_choice final : public download::source_choice {
  public:
    fixed_choice(std::shared_ptr<fake_source> file, std::shared_ptr<download::part_source> parts)
        : file_(std::move(file)), parts_(std::move(parts)) {}

    int connections() const override { return file_->connections(); }
    std::shared_ptr<download::part_source> serving() override { return parts_; }
    int version() const override { return file_->version(); }
    schedule::flood_gate& gate() override { return file_->gate(); }
    void follow(const download::moved& answer, int version) override { file_->follow(answer, version); }
    io::awaitable<outcome<void>> renew_reference(int version) override {
        return file_->renew_reference(version);
    }

  private:
    std::shared_ptr<fake_source> file_;
    std::shared_ptr<download::part_source> parts_;
};

class proved_world {
  public:
    explicit proved_world(std::int64_t size, bool proved = true)
        : under(size), hashed(std::make_shared<hashed_fake>(under.source, under.sim.time(), size)) {
        const auto executor = under.sim.executor();
        source = hashed;
        if (proved)
            source = std::make_shared<download::verified_source>(
                hashed, std::make_shared<download::file_hashes>(executor), size, executor, nullptr);
    }

    byte_stream open(std::int64_t begin = 0, std::int64_t end = -1) {
        download::shared_services with = under.services();
        with.source = std::make_shared<fixed_choice>(under.source, source);
        download::reader_options how;
        how.size = under.size;
        how.begin = begin;
        how.end = end < 0 ? under.size : end;
        how.read_ahead = under.budget.capacity();
        return byte_stream(std::make_unique<download::reader>(std::move(with), std::move(how)));
    }
    void run(io::awaitable<void> task) { under.sim.run(std::move(task)); }
    void read_all(std::int64_t begin = 0, std::int64_t end = -1) {
        byte_stream stream = open(begin, end);
        run(expect_all(stream, (end < 0 ? under.size : end) - begin));
    }
    /// Bytes that were asked for.
    std::int64_t asked_bytes() const {
        std::int64_t sum = 0;
        for (const asked& each : under.source->log)
            sum += std::min<std::int64_t>(each.limit, under.size - each.offset);
        return sum;
    }

    world under;
    std::shared_ptr<hashed_fake> hashed;
    std::shared_ptr<download::part_source> source;
};

/// Twists one byte of every answer that holds `offset`, `times` times.
void spoil(proved_world& in, std::int64_t offset, int times) {
    in.under.source->twist = [offset, times](const asked& request, bytes data) mutable {
        const std::int64_t at = offset - request.offset;
        if (at < 0 || at >= static_cast<std::int64_t>(data.size()) || times-- <= 0) return data;
        const buffer made = buffer::allocate(data.size());
        std::memcpy(made.data(), data.data(), data.size());
        made.data()[at] ^= std::byte{1};
        return bytes(made, 0, data.size());
    };
}

io::awaitable<void> fetch_into(download::part_source& from, int connection, std::int64_t offset,
                               std::int64_t limit, std::optional<download::reply<bytes>>& into) {
    into = co_await from.fetch(connection, offset, static_cast<std::int32_t>(limit));
}

io::awaitable<void> fetch_later(io::timers& time, duration later, download::part_source& from, int connection,
                                std::int64_t offset, std::int64_t limit,
                                std::optional<download::reply<bytes>>& into) {
    co_await time.sleep_for(later);
    co_await fetch_into(from, connection, offset, limit, into);
}

}  // namespace

TEST_CASE("files 8.4: one call for hashes a MiB serves all of its parts, and nothing is fetched twice") {
    proved_world in(5 * mib + 1234);
    in.read_all();
    CHECK(in.hashed->asked_for.size() == 6);
    CHECK(in.asked_bytes() == in.under.size);
    std::sort(in.hashed->asked_for.begin(), in.hashed->asked_for.end());
    for (std::size_t i = 0; i < in.hashed->asked_for.size(); ++i)
        CHECK(in.hashed->asked_for[i] == static_cast<std::int64_t>(i) * mib);
}

TEST_CASE("hashes come beside the first part: it takes no longer than without them") {
    const auto first_after = [](bool all) {
        proved_world in(4 * mib, all);
        byte_stream stream = in.open();
        const time_point before = in.under.sim.time().now();
        in.run([](byte_stream& from) -> io::awaitable<void> {
            const auto first = co_await from.next();
            CHECK(first);
        }(stream));
        return in.under.sim.time().now() - before;
    };
    CHECK(first_after(true) == first_after(false));
}

TEST_CASE("files 8.4: windows of any size, whether they are within parts or reach across them") {
    for (const std::int64_t window :
         {4096 * std::int64_t{3}, 100'000 * std::int64_t{1}, 128 * kib, 300 * kib, mib}) {
        for (const int windows_a_call : {1, 3, 8}) {
            CAPTURE(window);
            CAPTURE(windows_a_call);
            proved_world in(2 * mib + 77'777);
            in.hashed->window = window;
            in.hashed->windows_a_call = windows_a_call;
            in.read_all();
            in.read_all(1'000'003, 1'000'004);
            in.read_all(mib - 5, mib + 5);
            in.read_all(in.under.size - 3, in.under.size);
        }
    }
}

TEST_CASE("a window that is wrong once is fetched again, alone and over another line") {
    proved_world in(3 * mib);
    spoil(in, mib + 200 * kib, 1);
    in.read_all();
    REQUIRE(in.asked_bytes() == in.under.size + 128 * kib);
    const auto& log = in.under.source->log;
    const auto is_window = [](const asked& each) { return each.offset == mib + 128 * kib; };
    const auto again = std::find_if(log.rbegin(), log.rend(), is_window);
    REQUIRE(again != log.rend());
    CHECK(again->limit == 128 * kib);
    const auto whole = std::find_if(log.begin(), log.end(), [](const asked& each) {
        return each.offset <= mib + 128 * kib && each.offset + each.limit > mib + 128 * kib;
    });
    CHECK(whole->connection != again->connection);
}

TEST_CASE("a window that stays wrong ends the download, and none of its bytes is seen") {
    proved_world in(3 * mib);
    spoil(in, mib + 200 * kib, 1000);
    byte_stream stream = in.open();
    in.run(expect_failure(stream, errc::bad_part));
    CHECK(stream.position() <= mib + 200 * kib);

    proved_world counted(3 * mib);
    spoil(counted, mib + 200 * kib, 1000);
    std::optional<download::reply<bytes>> part;
    counted.run(fetch_into(*counted.source, 0, mib, mib, part));
    CHECK(failure_in(*part).code == errc::bad_part);
    CHECK(counted.under.source->log.size() == 3);
}

TEST_CASE("parts that share a window which one of them mends are both right") {
    for (duration later = 0ms; later < 60ms; later += 1ms) {
        CAPTURE(later);
        proved_world in(mib);
        spoil(in, 5, 1);
        std::optional<download::reply<bytes>> one, other;
        using namespace boost::asio::experimental::awaitable_operators;
        in.run((fetch_into(*in.source, 0, 0, 64 * kib, one) &&
                fetch_later(in.under.sim.time(), later, *in.source, 1, 64 * kib, 64 * kib, other)));
        REQUIRE(one->has_value());
        REQUIRE(other->has_value());
        CHECK((*one)->size() == 64 * kib);
        CHECK(is_content(0, **one));
        CHECK((*other)->size() == 64 * kib);
        CHECK(is_content(64 * kib, **other));
    }
}

TEST_CASE("a hash that is wrong once is asked for again, and one that stays wrong ends the download") {
    proved_world healed(2 * mib);
    healed.hashed->wrong = [](int call, std::int64_t) { return call == 1; };
    healed.read_all();
    proved_world ended(2 * mib);
    ended.hashed->wrong = [](int, std::int64_t offset) { return offset == mib; };
    byte_stream stream = ended.open();
    ended.run(expect_failure(stream, errc::bad_part));
    CHECK(stream.position() <= mib);
}

TEST_CASE("where the server has no hashes, nothing is believed") {
    proved_world in(2 * mib);
    in.hashed->windows_a_call = 0;
    byte_stream stream = in.open();
    in.run(expect_failure(stream, errc::bad_part));
    CHECK(stream.position() == 0);
}

TEST_CASE("a flood wait for hashes holds the download, and an expired reference is renewed for them") {
    proved_world held(4 * mib);
    held.hashed->trouble = [](int call) { return call == 2 ? rpc_failure(420, "FLOOD_WAIT", 7) : failure(); };
    const time_point before = held.under.sim.time().now();
    held.read_all();
    CHECK(held.under.sim.time().now() - before >= 7s);
    CHECK(held.hashed->asked_for.size() == 5);  // others that wait for it bring no flood of their own
    proved_world renewed(4 * mib);
    renewed.hashed->trouble = [](int call) {
        return call == 2 ? rpc_failure(400, "FILE_REFERENCE_EXPIRED") : failure();
    };
    renewed.read_all();
    CHECK(renewed.under.source->repairs == 1);
}

TEST_CASE("a part and its hashes are dropped together, at any moment") {
    for (duration moment = 0ms; moment < 60ms; moment += 3ms) {
        proved_world in(3 * mib);
        spoil(in, 5, 1);
        {
            byte_stream stream = in.open();
            in.run([](byte_stream& from, world& under, duration until) -> io::awaitable<void> {
                bool over = false;
                boost::asio::co_spawn(
                    under.sim.executor(),
                    [](byte_stream& reading, bool& ended) -> io::awaitable<void> {
                        while (const auto part = co_await reading.next()) {
                        }
                        ended = true;
                    }(from, over),
                    [](std::exception_ptr) {});
                co_await under.sim.time().sleep_for(until);
                from.close();
                while (!over)
                    co_await under.sim.time().sleep_for(1ms);
            }(stream, in.under, moment));
        }
        in.under.sim.settle();
        CHECK(in.under.source->under_way == 0);
    }
}
