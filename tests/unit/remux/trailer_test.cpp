// The end of a plain MP4, where all that was written is read back and moved behind the index.
#include "remux/rewrite.hpp"
#include "unit/remux/samples.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

using namespace mtproto;
using namespace mtproto::test;
using mtproto::remuxing::bridge;
namespace asio = boost::asio;

namespace {

/// A file in memory. Reading back happens in the trailer alone.
class scripted_target final : public remuxing::target {
  public:
    std::function<outcome<std::size_t>(std::size_t)> on_read;  ///< gets what would be read
    std::vector<std::byte> file;
    int reads = 0;
    bool finished = false;

    outcome<void> write(std::int64_t offset, byte_view data) override {
        const auto begin = static_cast<std::size_t>(offset);
        file.resize(std::max(file.size(), begin + data.size()));
        std::copy(data.begin(), data.end(), file.begin() + offset);
        return {};
    }
    bool can_seek() const noexcept override { return true; }
    outcome<std::size_t> read(std::int64_t offset, byte_span into) override {
        ++reads;
        const auto begin = std::min(static_cast<std::size_t>(offset), file.size());
        std::size_t count = std::min(into.size(), file.size() - begin);
        if (on_read) {
            auto changed = on_read(count);
            if (!changed) return changed;
            count = *changed;
        }
        std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(begin), count, into.begin());
        return count;
    }
    outcome<void> finish() override {
        finished = true;
        return {};
    }
};

asio::awaitable<void> feed(bridge& over, byte_view file) {
    std::size_t place = 0;
    for (;;) {
        const auto todo = over.next_task();
        if (todo.kind == bridge::task::done) co_return;
        if (todo.kind == bridge::task::seek) {
            place = static_cast<std::size_t>(todo.offset);
        } else if (todo.kind == bridge::task::fetch) {
            if (place >= file.size())
                over.input().push(todo.generation, std::nullopt);
            else
                over.input().push(todo.generation, bytes::copy(file.subspan(place)));
            place = file.size();
        } else {
            (void)co_await over.changed();
        }
    }
}

/// Several times what libavformat reads back at once.
const std::vector<std::byte>& film() {
    static const auto made =
        make_sample({.video = "mpeg4", .frames = 30, .b_frames = 0, .width = 320, .noisy = true});
    return made;
}

struct run_into {
    asio::io_context loop{1};
    std::shared_ptr<bridge> over =
        std::make_shared<bridge>(loop.get_executor(), static_cast<std::int64_t>(film().size()));
    scripted_target to;

    outcome<void> run() {
        std::thread worker([this] {
            const auto done = remuxing::rewrite(*over, to, {}, {});
            over->finish(done ? outcome<void>() : outcome<void>(done.error()));
        });
        asio::co_spawn(loop, feed(*over, film()), asio::detached);
        loop.run();
        worker.join();
        return over->how_it_ended();
    }
};

}  // namespace

TEST_CASE("trailer: a target that reads back what it was given ends with the index in front") {
    run_into whole;
    REQUIRE(film().size() > 1'000'000);
    REQUIRE(whole.run().has_value());
    CHECK(whole.to.finished);
    CHECK(whole.to.reads > 2);
    const auto before = inspect(film());
    const auto after = inspect(whole.to.file);
    REQUIRE(after.streams.size() == before.streams.size());
    CHECK(after.streams[0].packets.back().hash == before.streams[0].packets.back().hash);
}

TEST_CASE("trailer: what cannot be read back fails the remux with the reason, at any of the reads") {
    for (const int wrong : {1, 2, 3}) {
        INFO(wrong);
        run_into broken;
        broken.to.on_read = [&](std::size_t count) -> outcome<std::size_t> {
            if (broken.to.reads == wrong) return failure(errc::io_failed, "the disk is broken");
            return count;
        };
        const auto how = broken.run();
        REQUIRE_FALSE(how.has_value());
        CHECK(how.error().code == errc::io_failed);
        CHECK(how.error().detail == "the disk is broken");
        CHECK_FALSE(broken.to.finished);

        run_into shorter;
        shorter.to.on_read = [&](std::size_t count) -> outcome<std::size_t> {
            return shorter.to.reads >= wrong ? 0 : count;
        };
        const auto cut = shorter.run();
        REQUIRE_FALSE(cut.has_value());
        CHECK(cut.error().code == errc::io_failed);
        CHECK_FALSE(shorter.to.finished);
    }
}

TEST_CASE("trailer: a remux that nobody waits for any more does not finish its file") {
    for (const int when : {1, 2}) {
        INFO(when);
        run_into stopped;
        stopped.to.on_read = [&](std::size_t count) -> outcome<std::size_t> {
            if (stopped.to.reads == when) stopped.over->stop();
            return count;
        };
        const auto how = stopped.run();
        REQUIRE_FALSE(how.has_value());
        CHECK(how.error().code == errc::cancelled);
        CHECK(stopped.to.reads == when);
        CHECK_FALSE(stopped.to.finished);
    }
}
