// An account that others use, too: its lease, and flood waits that were told elsewhere.
#include "unit/client/scripted_cluster.hpp"

#include <mtproto/client.hpp>
#include <mtproto/shared_waits.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;

namespace {

/// Tells what the test makes of it.
class told_lease final : public account_lease {
  public:
    time_point held_until() const override { return time_point::max(); }
    lease_state state() const override { return lease_state::held; }
    std::int64_t fence() const override { return 1; }
    void on_change(listener told) override { told_ = std::move(told); }

    bool listened() const { return static_cast<bool>(told_); }
    void change(lease_state to, const failure& why = {}) {
        if (told_) told_(to, why);
    }

  private:
    listener told_;
};

struct leased_cluster {
    explicit leased_cluster(std::shared_ptr<shared_waits> waits = nullptr)
        : all(77, [&](config& settings) {
              settings.waits = std::move(waits);
              settings.log = [this](log_level level, std::string_view line) {
                  if (level <= log_level::info) said.emplace_back(line);
              };
          }) {
        all.store().leased = lease;
    }

    outcome<bytes> ask(int dc = 0) {
        return all.call(nearest_request(), "help.getNearestDc", core::call_options(dc));
    }
    bool says(std::string_view words) const {
        for (const std::string& line : said)
            if (line.find(words) != std::string::npos) return true;
        return false;
    }

    std::shared_ptr<told_lease> lease = std::make_shared<told_lease>();
    std::vector<std::string> said;
    scripted_cluster all;
};

/// The name under which the scripted account's waits are shared.
std::string shared_name(scripted_cluster& of) {
    return of.store().selected + ":77";
}

}  // namespace

TEST_CASE("a lease that is at risk is said, and ends nothing") {
    leased_cluster one;
    one.all.connect();
    one.lease->change(lease_state::at_risk, failure(errc::session_file, "the service is away"));
    CHECK(one.ask().has_value());
    one.lease->change(lease_state::held);
    CHECK(one.ask().has_value());
    one.all.client().close();
    CHECK_FALSE(one.lease->listened());
}

TEST_CASE("a lease that is lost ends the client with that reason, and nothing is sent any more") {
    leased_cluster one;
    client tg(one.all.take_client());
    std::vector<failure> thrown;
    const auto ask = [](client& of, std::vector<failure>& into) -> io::awaitable<void> {
        try {
            tl::help::getNearestDc request{};
            (void)co_await of.call(request);
        } catch (const error& failed) {
            into.push_back(failed.info());
        }
    };
    one.all.connect();
    one.all.run(ask(tg, thrown));
    CHECK(thrown.empty());
    const int asked = one.all.count(nearest_id);
    one.lease->change(lease_state::lost, failure(errc::account_in_use, "it ran out"));
    one.all.world().settle();
    one.all.run(ask(tg, thrown));
    REQUIRE(thrown.size() == 1);
    CHECK(thrown[0].code == errc::account_in_use);
    CHECK(thrown[0].detail == "it ran out");
    CHECK(one.all.count(nearest_id) == asked);
    CHECK_FALSE(one.lease->listened());
}

TEST_CASE("errors 6: a flood wait that another process was told is honoured before the first request") {
    const auto waits = memory_waits();
    leased_cluster one(waits);
    const std::string name = [] {
        leased_cluster first;
        first.all.connect();
        return shared_name(first.all);
    }();
    waits->publish(name, shared_wait("help.getNearestDc", 2, 40s));
    one.all.connect();
    const time_point begun = one.all.world().time().now();
    CHECK(one.ask().has_value());
    const duration took = one.all.world().time().now() - begun;
    CHECK(took > 39s);
    CHECK(took < 42s);
}

TEST_CASE("errors 6: a flood wait is told to others, and what they are told meanwhile holds here") {
    const auto waits = memory_waits();
    leased_cluster one(waits), other(waits);
    int floods = 1;
    one.all.on_request = [&](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != nearest_id || floods-- <= 0) return std::nullopt;
        return reply_error(420, "FLOOD_WAIT_30");
    };
    one.all.connect();
    other.all.connect();
    CHECK(one.ask().has_value());  // after 30 s of its own time
    other.all.world().settle();
    const time_point begun = other.all.world().time().now();
    CHECK(other.ask().has_value());
    CHECK(other.all.world().time().now() - begun > 28s);
    CHECK(other.all.count(nearest_id) == 1);
}
