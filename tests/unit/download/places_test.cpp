// Places that join a stream, leave it and take it over, each as a source of its own.
#include "download/range_download.hpp"
#include "fake_source.hpp"

#include <algorithm>

using namespace download_test;

namespace {

/// Does what a test says.
class scripted_places final : public download::stream_places {
  public:
    std::vector<download::stream_place> present() override { return here; }
    void began(download::range_download& which) override { download = &which; }
    void ended(download::range_download&) noexcept override { download = nullptr; }
    std::optional<time_point> look(download::range_download& which) override {
        return on_look ? on_look(which) : std::nullopt;
    }
    bool failed(download::range_download& which, const std::shared_ptr<download::source_choice>& at,
                const failure& why) override {
        failures.push_back(why);
        return on_failure && on_failure(which, *at);
    }
    bool seeking() const noexcept override { return seeks; }
    void brought(const download::source_choice& at, std::int64_t count) noexcept override {
        bytes[&at] += count;
    }
    std::optional<wait_info> wait(std::optional<wait_info> of_present, time_point) override {
        return of_present;
    }

    std::vector<download::stream_place> here;
    download::range_download* download = nullptr;
    std::function<std::optional<time_point>(download::range_download&)> on_look;
    std::function<bool(download::range_download&, const download::source_choice&)> on_failure;
    bool seeks = false;
    std::vector<failure> failures;
    std::map<const download::source_choice*, std::int64_t> bytes;
};

struct two_places : world {
    explicit two_places(std::int64_t of_size = 16 * mib)
        : world(of_size), other(std::make_shared<fake_source>(sim.time(), of_size)) {
        source->delay = other->delay = [](const asked&) { return duration(100ms); };
        places->here.push_back({source, nullptr});
    }
    ~two_places() {
        places->here.clear();
        sim.settle();
    }
    byte_stream open(progress_callback report = {}) {
        download::shared_services with = services();
        with.places = places;
        download::reader_options how;
        how.size = how.end = size;
        how.read_ahead = 4 * mib;
        how.on_progress = std::move(report);
        return byte_stream(std::make_unique<download::reader>(std::move(with), std::move(how)));
    }
    /// Once, when so much has passed.
    void after(duration time, std::function<void(download::range_download&)> what) {
        const time_point due = sim.time().now() + time;
        places->on_look = [this, due, what = std::move(what)](auto& which) -> std::optional<time_point> {
            if (sim.time().now() < due) return due;
            const auto once = what;
            places->on_look = nullptr;
            once(which);
            return std::nullopt;
        };
    }
    std::size_t asked_since(const fake_source& of, duration time) const {
        return static_cast<std::size_t>(std::count_if(of.log.begin(), of.log.end(), [&](const asked& one) {
            return one.at.time_since_epoch() > time;
        }));
    }

    std::shared_ptr<fake_source> other;
    std::shared_ptr<scripted_places> places = std::make_shared<scripted_places>();
};

failure revoked() {
    return rpc_failure(401, "SESSION_REVOKED");
}

}  // namespace

TEST_CASE("a place that joins brings parts, too; one that is left is asked nothing more") {
    two_places w(64 * mib);
    byte_stream film = w.open();
    duration left{};
    w.after(300ms, [&](auto& which) {
        which.join({w.other, nullptr});
        w.after(300ms, [&](auto& later) {
            later.leave(*w.source);
            left = w.sim.time().now().time_since_epoch();
        });
    });
    w.sim.run(expect_all(film, w.size));
    CHECK(w.places->bytes[w.source.get()] > 0);
    CHECK(w.places->bytes[w.other.get()] > w.size / 4);
    CHECK(left > duration{});
    CHECK(w.asked_since(*w.source, left) == 0);
}

TEST_CASE("a stream moves when its place fails for good, and loses no byte") {
    two_places w;
    byte_stream film = w.open();
    w.source->trouble = [&](const asked& one) { return one.offset >= 5 * mib ? revoked() : failure(); };
    w.places->on_failure = [&](auto& which, const auto& at) {
        if (&at != w.source.get()) return false;
        which.move(at, {w.other, nullptr});
        return true;
    };
    w.sim.run(expect_all(film, w.size));
    REQUIRE(w.places->failures.size() == 1);
    CHECK(w.places->failures[0].is("SESSION_REVOKED"));
    CHECK(w.places->bytes[w.source.get()] >= 5 * mib - 4 * mib);
    CHECK(w.places->bytes[w.other.get()] >= 11 * mib);
}

TEST_CASE("a stream ends by the failure of its last place") {
    two_places w;
    byte_stream film = w.open();
    w.source->trouble = [&](const asked& one) { return one.offset >= 5 * mib ? revoked() : failure(); };
    w.sim.run(expect_failure(film, errc::rpc_error));
    CHECK(w.places->failures.size() >= 1);
    CHECK(w.places->download != nullptr);
    film.close();
    CHECK(w.places->download == nullptr);
}

TEST_CASE("a stream without a place waits for as long as one is looked for, and goes on with it") {
    two_places w;
    byte_stream film = w.open();
    w.source->trouble = [&](const asked& one) { return one.offset >= 5 * mib ? revoked() : failure(); };
    w.places->on_failure = [&](auto&, const auto&) {
        w.places->seeks = true;
        w.after(10min, [&](auto& which) {
            w.places->seeks = false;
            which.join({w.other, nullptr});
        });
        return true;
    };
    const time_point began = w.sim.time().now();
    w.sim.run(expect_all(film, w.size));
    CHECK(w.sim.time().now() - began > 10min);
    CHECK(w.places->bytes[w.other.get()] >= 11 * mib);
}

TEST_CASE("a stream for which no place is found ends by what is said then") {
    two_places w;
    byte_stream film = w.open();
    w.source->trouble = [&](const asked& one) { return one.offset >= 5 * mib ? revoked() : failure(); };
    w.places->on_failure = [&](auto&, const auto&) {
        w.places->seeks = true;
        w.after(30s, [&](auto& which) {
            w.places->seeks = false;
            which.fail(failure(errc::not_authorized, "no account is left"));
        });
        return true;
    };
    w.sim.run(expect_failure(film, errc::not_authorized));
}

TEST_CASE("a flood wait at one place holds back none of the others") {
    two_places w;
    w.places->here.push_back({w.other, nullptr});
    byte_stream film = w.open();
    bool told = false;
    w.other->trouble = [&](const asked&) {
        return std::exchange(told, true) ? failure() : rpc_failure(420, "FLOOD_WAIT", 3600);
    };
    const time_point began = w.sim.time().now();
    w.sim.run(expect_all(film, w.size));
    CHECK(w.sim.time().now() - began < 60s);
    CHECK(w.other->gate().recovering());
    const duration flood = 500ms;
    CHECK(w.asked_since(*w.other, began.time_since_epoch() + flood) == 0);
}

TEST_CASE("a reference that is renewed at one place holds back none of the others") {
    two_places w(64 * mib);
    w.places->here.push_back({w.other, nullptr});
    byte_stream film = w.open();
    w.other->trouble = [&](const asked& one) {
        return one.version == 0 ? rpc_failure(400, "FILE_REFERENCE_EXPIRED") : failure();
    };
    w.sim.run(expect_all(film, w.size));
    CHECK(w.other->repairs == 1);
    CHECK(w.source->repairs == 0);
    CHECK(w.places->bytes[w.other.get()] > 0);
}

TEST_CASE("a strategy of the embedder goes along when a stream moves") {
    two_places w;
    byte_stream film = w.open();
    film.use(window::sequential(512 * 1024));
    w.after(500ms, [&](auto& which) { which.move(*w.source, {w.other, nullptr}); });
    w.sim.run(expect_all(film, w.size));
    CHECK(w.other->most_under_way == 512 * 1024);
}

TEST_CASE("a place whose connections never open is no end while another one serves") {
    two_places w;
    w.places->here.push_back({w.other, nullptr});
    w.other->on_open = [](int) { return revoked(); };
    w.places->on_failure = [&](auto&, const auto& at) { return &at == w.other.get(); };
    byte_stream film = w.open();
    w.sim.run(expect_all(film, w.size));
    CHECK(w.other->log.empty());
}
