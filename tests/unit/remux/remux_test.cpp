// Containers changed, streams copied: compared packet by packet with what libavformat reads on either side.
#include "unit/remux/runs.hpp"
#include "unit/remux/samples.hpp"

#include <mtproto/sink/remux.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace mtproto;
using namespace mtproto::test;
namespace asio = boost::asio;
namespace fs = std::filesystem;

TEST_CASE("remux: Matroska with B-frames becomes an MP4 with the same packets, its index in front") {
    folder where;
    script from;
    from.file = make_sample({});
    const auto got = save_sample(from, where.path / "out.mp4");
    REQUIRE_FALSE(got.wrong);
    const auto file = read_file(where.path / "out.mp4");
    CHECK(boxes(file) == "ftyp moov free mdat");
    const auto before = inspect(from.file);
    bool reordered = false;
    for (const packet_facts& each : before.find("video")->packets)
        reordered = reordered || each.pts != each.dts;
    CHECK(reordered);
    compare(before, inspect(file));
    CHECK_FALSE(fs::exists(where.path / "out.mp4.part"));
}

TEST_CASE("remux: a file that starts late, with sound later still, keeps the distance between its streams") {
    folder where;
    sample late;
    late.start = 5;
    late.audio_late = 0.5;
    script from;
    from.file = make_sample(late);
    REQUIRE_FALSE(save_sample(from, where.path / "out.mp4").wrong);
    const auto after = inspect(read_file(where.path / "out.mp4"));
    compare(inspect(from.file), after);
    CHECK(std::abs(first_moment(after)) < 100'000);
}

TEST_CASE(
    "remux: MP4 with its index at the end is sought, MPEG-TS is repackaged, fragments can be read back") {
    folder where;
    sample trailing;
    trailing.format = "mp4";
    trailing.frames = 250;
    trailing.width = 640;
    script from;
    from.file = make_sample(trailing);
    REQUIRE_FALSE(save_sample(from, where.path / "out.mp4").wrong);
    CHECK(from.seeks >= 2);
    compare(inspect(from.file), inspect(read_file(where.path / "out.mp4")));

    sample transport;
    transport.format = "mpegts";
    script ts;
    ts.file = make_sample(transport);
    REQUIRE_FALSE(save_sample(ts, where.path / "ts.mp4").wrong);
    compare(inspect(ts.file), inspect(read_file(where.path / "ts.mp4")), false);
}

TEST_CASE("remux: fragments come in order, header first, and make a file with the same packets") {
    for (const char* format : {"matroska", "mpegts"}) {
        INFO(std::string(format));
        sample how;
        how.format = format;
        script from;
        from.file = make_sample(how);
        const auto got = fragment_sample(from);
        INFO((got.wrong ? got.wrong->message() : std::string()));
        REQUIRE_FALSE(got.wrong.has_value());
        REQUIRE(got.fragments.size() >= 3);
        std::int64_t offset = 0;
        for (const chunk& each : got.fragments) {
            CHECK(each.offset == offset);
            offset += static_cast<std::int64_t>(each.data.size());
        }
        CHECK(boxes(got.fragments[0].data).substr(0, 9) == "ftyp moov");
        CHECK(boxes(got.fragments[1].data).find("moof mdat") != std::string::npos);
        compare(inspect(from.file), inspect(got.whole()), std::string(format) == "matroska");
    }
}

TEST_CASE("remux: sound alone is cut into fragments, too") {
    sample how;
    how.video = "";
    how.frames = 250;
    script from;
    from.file = make_sample(how);
    const auto got = fragment_sample(from);
    REQUIRE_FALSE(got.wrong);
    CHECK(got.fragments.size() >= 4);
    compare(inspect(from.file), inspect(got.whole()));
}

TEST_CASE(
    "remux: title, language, default flag and chapters are kept; subtitles MP4 cannot carry are named") {
    folder where;
    sample how;
    how.tags = true;
    how.subtitles = true;
    script from;
    from.file = make_sample(how);
    const auto got = save_sample(from, where.path / "out.mp4");
    REQUIRE_FALSE(got.wrong);
    const auto after = inspect(read_file(where.path / "out.mp4"));
    CHECK(after.title == "A test");
    CHECK(after.find("audio")->language == "deu");
    CHECK(after.find("video")->is_default);
    CHECK(after.chapters == std::vector<std::string>{"One", "Two"});
    CHECK_FALSE(after.find("subtitle"));
    REQUIRE(got.log.size() == 1);
    CHECK(got.log[0].find("subrip") != std::string::npos);
}

TEST_CASE("remux: pictures or sound that MP4 cannot carry are an error that names them") {
    folder where;
    sample pictures;
    pictures.video = "ffv1";
    pictures.b_frames = 0;
    pictures.frames = 10;
    script from;
    from.file = make_sample(pictures);
    auto got = save_sample(from, where.path / "out.mp4");
    REQUIRE(got.wrong);
    CHECK(got.wrong->code == errc::remux_failed);
    CHECK(got.wrong->detail.find("ffv1") != std::string::npos);
    CHECK(where.is_empty());

    sample sound;
    sound.audio = "pcm_s16le";
    sound.frames = 10;
    script other;
    other.file = make_sample(sound);
    got = fragment_sample(other);
    REQUIRE(got.wrong);
    CHECK(got.wrong->code == errc::remux_failed);
    CHECK(got.wrong->detail.find("pcm_s16le") != std::string::npos);
}

TEST_CASE("remux: what is no media, and a cut MP4, are errors; nothing is left behind") {
    folder where;
    script noise;
    for (int i = 0; i < 300'000; ++i)
        noise.file.push_back(static_cast<std::byte>("hello, world "[i % 13]));
    auto got = save_sample(noise, where.path / "out.mp4");
    REQUIRE(got.wrong);
    CHECK(got.wrong->code == errc::remux_failed);

    script empty;
    got = save_sample(empty, where.path / "out.mp4");
    REQUIRE(got.wrong);
    CHECK(got.wrong->code == errc::remux_failed);

    sample how;
    how.format = "mp4";
    script cut;
    cut.file = make_sample(how);
    cut.file.resize(cut.file.size() / 2);
    got = save_sample(cut, where.path / "out.mp4");
    REQUIRE(got.wrong);
    CHECK(got.wrong->code == errc::remux_failed);
    CHECK(where.is_empty());
}

TEST_CASE("remux: an error of the stream comes out as itself") {
    folder where;
    script from;
    from.file = make_sample({});
    for (const std::int64_t place : {std::int64_t{0}, static_cast<std::int64_t>(from.file.size() / 2)}) {
        from.fails_at = place;
        auto got = save_sample(from, where.path / "out.mp4");
        REQUIRE(got.wrong);
        CHECK(got.wrong->code == errc::rpc_error);
        CHECK(got.wrong->detail == "made to fail");
        got = fragment_sample(from);
        REQUIRE(got.wrong);
        CHECK(got.wrong->code == errc::rpc_error);
    }
    CHECK(where.is_empty());
}

TEST_CASE("remux: a missing folder and a folder in the way are io_failed, with the path") {
    folder where;
    script from;
    from.file = make_sample({});
    auto got = save_sample(from, where.path / "none" / "out.mp4");
    REQUIRE(got.wrong);
    CHECK(got.wrong->code == errc::io_failed);
    CHECK(got.wrong->detail.find((where.path / "none").string()) != std::string::npos);
    got = save_sample(from, where.path);
    REQUIRE(got.wrong);
    CHECK(got.wrong->code == errc::io_failed);
    CHECK(where.is_empty());
}

/// In a process of its own, whose files may not grow: 0 when that is what the remux says.
static int save_within(rlim_t bytes, script& from, const folder& where) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    const auto got = save_sample(from, where.path / "out.mp4");
    if (!got.wrong || got.wrong->code != errc::io_failed) return 3;
    if (got.wrong->detail.find("File too large") == std::string::npos) return 4;
    return where.is_empty() ? 0 : 5;
}

TEST_CASE("remux: a disk that is full is io_failed with the reason, and nothing is left behind") {
    folder where;
    script from;
    from.file = make_sample({});
    // The index that is moved to the front makes the file longer than all that was written before.
    const auto all = static_cast<rlim_t>(from.file.size());
    for (const rlim_t limit : {rlim_t{1}, all / 2, all - all / 20}) {
        INFO(limit);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) ::_exit(save_within(limit, from, where));
        int status = -1;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 0);
    }
}

TEST_CASE("remux: a cancelled save ends the thread and leaves nothing; a cancelled next can be repeated") {
    using namespace boost::asio::experimental::awaitable_operators;
    folder where;
    script from;
    from.file = make_sample({});
    from.hangs_at = static_cast<std::int64_t>(from.file.size() / 2);
    {
        asio::io_context loop{1};
        sink::remux mp4 = remux_of(from, {sink::container::mp4});
        asio::co_spawn(
            loop,
            [](sink::remux& job, fs::path name) -> asio::awaitable<void> {
                asio::steady_timer soon(co_await asio::this_coro::executor, std::chrono::milliseconds(50));
                const auto first = co_await (job.save(name) || soon.async_wait(asio::use_awaitable));
                CHECK(first.index() == 1);
            }(mp4, where.path / "out.mp4"),
            asio::detached);
        loop.run();
        CHECK(where.is_empty());
    }
    {
        asio::io_context loop{1};
        sink::remux mp4 = remux_of(from, {sink::container::fragmented_mp4});
        outcome_of_run got;
        asio::co_spawn(
            loop,
            [](sink::remux& job, script& with, outcome_of_run& into) -> asio::awaitable<void> {
                asio::steady_timer soon(co_await asio::this_coro::executor, std::chrono::milliseconds(50));
                co_await (collect(job, into) || soon.async_wait(asio::use_awaitable));
                with.hangs_at = -1;
                into.wrong.reset();
                co_await collect(job, into);
            }(mp4, from, got),
            asio::detached);
        loop.run();
        REQUIRE_FALSE(got.wrong);
        compare(inspect(from.file), inspect(got.whole()));
    }
}

TEST_CASE("remux: destroyed at any moment it stops; reading ahead is bounded") {
    sample long_one;
    long_one.frames = 75;
    long_one.width = 640;
    long_one.noisy = true;
    long_one.video = "mpeg4";
    long_one.b_frames = 0;
    script from;
    from.file = make_sample(long_one);
    from.piece = 100'000;
    INFO(from.file.size());
    REQUIRE(from.file.size() > 12u << 20);
    asio::io_context loop{1};
    for (const int fragments : {0, 1, 3}) {
        from.delivered = 0;
        sink::remux mp4 = remux_of(from, {sink::container::fragmented_mp4});
        outcome_of_run got;
        asio::co_spawn(
            loop,
            [](sink::remux& job, int count, outcome_of_run& into) -> asio::awaitable<void> {
                while (count-- > 0)
                    into.fragments.push_back((co_await job.next()).value());
            }(mp4, fragments, got),
            asio::detached);
        loop.restart();
        loop.run();
        CHECK(got.fragments.size() == static_cast<std::size_t>(fragments));
        CHECK(from.delivered < 12 << 20);
    }
    sink::remux never_used = remux_of(from, {sink::container::mp4});
    CHECK(never_used.written() == 0);
}

TEST_CASE("remux: next() of a plain MP4, save() after next() and a second save are refused") {
    folder where;
    script from;
    from.file = make_sample({});
    asio::io_context loop{1};
    const auto run = [&](asio::awaitable<void> what) {
        asio::co_spawn(loop, std::move(what), asio::detached);
        loop.restart();
        loop.run();
    };
    sink::remux mp4 = remux_of(from, {sink::container::mp4});
    outcome_of_run got;
    run(collect(mp4, got));
    REQUIRE(got.wrong);
    CHECK(got.wrong->code == errc::bad_argument);

    outcome_of_run first;
    run(save(mp4, where.path / "out.mp4", first));
    CHECK_FALSE(first.wrong);
    outcome_of_run second;
    run(save(mp4, where.path / "again.mp4", second));
    REQUIRE(second.wrong);
    CHECK(second.wrong->code == errc::bad_argument);
    CHECK_FALSE(fs::exists(where.path / "again.mp4"));
    compare(inspect(from.file), inspect(read_file(where.path / "out.mp4")));

    sink::remux live = remux_of(from, {sink::container::fragmented_mp4});
    outcome_of_run fragments;
    run(collect(live, fragments));
    CHECK_FALSE(fragments.wrong);
    outcome_of_run late;
    run(save(live, where.path / "late.mp4", late));
    REQUIRE(late.wrong);
    CHECK(late.wrong->code == errc::bad_argument);
}

TEST_CASE("remux: next() and save(), cancelled at any moment, end with mtproto::error") {
    folder where;
    script from;
    from.file = make_sample({.frames = 10, .width = 64});
    from.piece = 300;
    std::minstd_rand chance(4711);  // NOLINT(cert-msc51-cpp): the same moments, as far as threads have it
    int cancelled = 0;
    for (int round = 0; round < 300; ++round) {
        const bool live = round % 2 == 0;
        asio::io_context loop{1};
        sink::remux mp4 = remux_of(from, {live ? sink::container::fragmented_mp4 : sink::container::mp4});
        asio::cancellation_signal cancel;
        bool ended = false;
        std::string wrong;
        const auto job = [&]() -> asio::awaitable<void> {
            if (live) {
                // The test's own await must not be the one that a cancellation between two fragments meets.
                const auto go_on = [](asio::cancellation_state state) {
                    return state.cancelled() == asio::cancellation_type::none;
                };
                bool more = true;
                while (more && go_on(co_await asio::this_coro::cancellation_state))
                    more = (co_await mp4.next()).has_value();
                if (more) throw error(errc::cancelled);
            } else {
                co_await mp4.save(where.path / "out.mp4");
            }
        };
        asio::co_spawn(loop, job(),
                       asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr thrown) {
                           ended = true;
                           try {
                               if (thrown) std::rethrow_exception(thrown);
                           } catch (const error& known) {
                               cancelled += known.code() == make_error_code(errc::cancelled);
                           } catch (const std::exception& other) {
                               wrong = other.what();
                           }
                       }));
        for (auto turns = chance() % 60; turns > 0 && !ended; --turns)
            loop.run_one();
        cancel.emit(asio::cancellation_type::terminal);
        loop.run();
        REQUIRE(ended);
        REQUIRE(wrong == "");
    }
    CHECK(cancelled > 60);
}
