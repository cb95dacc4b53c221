// A file made of its own offsets, served with delays and troubles from virtual time.
#pragma once

#include "download/reader.hpp"
#include "io/simulation.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <variant>
#include <vector>

namespace download_test {

using namespace mtproto;
using namespace std::chrono_literals;
namespace io = mtproto::io;

inline constexpr std::int64_t kib = 1024;
inline constexpr std::int64_t mib = 1024 * kib;
inline constexpr std::int64_t gib = 1024 * mib;

class seeded final : public random_source {
  public:
    void fill(byte_span out) override {
        for (std::byte& one : out)
            one = static_cast<std::byte>(from_());
    }

  private:
    std::mt19937 from_{1};
};

/// Eight bytes of every test file, from `offset` (a multiple of eight): all 64 bits of the offset matter.
inline std::uint64_t content_word(std::int64_t offset) {
    std::uint64_t x = static_cast<std::uint64_t>(offset) * 0x9e3779b97f4a7c15u;
    return x ^ x >> 29;
}

/// Calls `use(at, bytes, count)` for each run of bytes inside one word.
template <class Use>
void each_run(std::int64_t offset, std::size_t length, Use use) {
    for (std::size_t at = 0; at < length;) {
        const std::int64_t place = offset + static_cast<std::int64_t>(at);
        const std::size_t skip = static_cast<std::size_t>(place % 8);
        const std::size_t count = std::min(8 - skip, length - at);
        const std::uint64_t word = content_word(place - place % 8);
        use(at, reinterpret_cast<const std::byte*>(&word) + skip, count);
        at += count;
    }
}

inline bytes content(std::int64_t offset, std::int64_t length) {
    buffer made = buffer::allocate(static_cast<std::size_t>(length));
    each_run(offset, static_cast<std::size_t>(length),
             [&](std::size_t at, const std::byte* from, std::size_t count) {
                 std::memcpy(made.data() + at, from, count);
             });
    return {made, 0, static_cast<std::size_t>(length)};
}

inline bool is_content(std::int64_t offset, byte_view data) {
    bool same = true;
    each_run(offset, data.size(), [&](std::size_t at, const std::byte* expected, std::size_t count) {
        same = same && std::memcmp(data.data() + at, expected, count) == 0;
    });
    return same;
}

inline failure rpc_failure(int code, std::string type, int value = 0) {
    failure made(errc::rpc_error);
    made.rpc_code = code;
    made.rpc_type = std::move(type);
    made.value = value;
    return made;
}

template <class T>
failure failure_in(const download::reply<T>& answer) {
    return std::get<failure>(answer.error());
}

struct asked {
    int connection = 0;
    std::int64_t offset = 0;
    std::int32_t limit = 0;
    time_point at{};
    int version = 0;
};

/// Every place of a file at once. Checks protocol 8.1 for every request.
class fake_source final : public download::source_choice,
                          public download::part_source,
                          public std::enable_shared_from_this<fake_source> {
  public:
    fake_source(io::timers& time, std::int64_t size, int connections = 4)
        : time_(time), size_(size), connections_(connections) {}

    int connections() const override { return connections_; }
    std::shared_ptr<download::part_source> serving() override { return shared_from_this(); }
    io::awaitable<outcome<void>> open(int connection) override {
        ++opens;
        if (on_open)
            if (const failure why = on_open(connection); why.code) co_return why;
        co_return outcome<void>();
    }
    io::awaitable<download::reply<bytes>> fetch(int connection, std::int64_t offset,
                                                std::int32_t limit) override {
        CHECK(allowed(offset, limit));
        const asked request{connection, offset, limit, time_.now(), version_};
        log.push_back(request);
        const std::int64_t length = std::min<std::int64_t>(limit, size_ - offset);
        struct counting {
            fake_source& self;
            std::int64_t length;
            counting(fake_source& source, std::int64_t count) : self(source), length(count) {
                self.under_way += length;
                self.most_under_way = std::max(self.most_under_way, self.under_way);
            }
            ~counting() { self.under_way -= length; }
        };
        const counting here(*this, length);
        const duration wait = delay ? delay(request) : duration(10ms);
        if (const auto waited = co_await time_.sleep_for(wait); !waited) {
            ++cancelled;
            co_return failure(waited.error());
        }
        if (trouble)
            if (failure why = trouble(request); why.code) co_return sorted(std::move(why));
        bytes data = content(offset, length);
        if (twist) co_return twist(request, std::move(data));
        co_return data;
    }
    void follow(const download::moved&, int version) override {
        if (version == version_) ++version_;
    }
    io::awaitable<outcome<void>> renew_reference(int version) override {
        if (version != version_) co_return outcome<void>();
        ++repairs;
        if (const auto waited = co_await time_.sleep_for(500ms); !waited) co_return failure(waited.error());
        if (repair_fails.code) co_return repair_fails;
        if (version != version_) co_return outcome<void>();  // one renewal for all that asked
        ++version_;
        co_return outcome<void>();
    }
    int version() const override { return version_; }
    schedule::flood_gate& gate() override { return gates_[version_]; }
    std::optional<wait_info> wait(time_point now) override {
        std::optional<wait_info> flood = source_choice::wait(now);
        return flood ? flood : wait_of_connections;
    }

    std::function<duration(const asked&)> delay;
    std::function<failure(const asked&)> trouble;
    std::function<bytes(const asked&, bytes)> twist;
    std::function<failure(int)> on_open;
    failure repair_fails;
    std::optional<wait_info> wait_of_connections;

    std::vector<asked> log;
    std::int64_t under_way = 0;
    std::int64_t most_under_way = 0;
    int cancelled = 0;
    int opens = 0;
    int repairs = 0;

  private:
    /// As a data centre's source tells it.
    static download::no_reply sorted(failure why) {
        if (!why.is("FILE_MIGRATE")) return why;
        return download::moved({nullptr, why.value}, std::move(why));
    }
    bool allowed(std::int64_t offset, std::int32_t limit) const {
        return offset % 4096 == 0 && limit % 4096 == 0 && mib % limit == 0 &&
               offset / mib == (offset + limit - 1) / mib && offset >= 0 && offset < size_;
    }

    io::timers& time_;
    std::int64_t size_;
    int connections_;
    int version_ = 0;
    std::map<int, schedule::flood_gate> gates_;  ///< a repair leads to another place
};

/// One simulation with one budget. Streams must go before it.
class world {
  public:
    explicit world(std::int64_t size, std::int64_t capacity = 32 * mib, int connections = 4)
        : size(size),
          sim(random_),
          budget(capacity),
          source(std::make_shared<fake_source>(sim.time(), size, connections)) {}
    ~world() {
        sim.settle();  // what was cancelled ends while its timers still exist
        CHECK_FALSE(sim.time().anyone_waits());
        CHECK(budget.held() == 0);
        CHECK(source.use_count() == 1);
    }

    download::shared_services services() {
        download::shared_services made;
        made.executor = sim.executor();
        made.time = &sim.time();
        made.random = &random_;
        made.source = source;
        made.budget = &budget;
        made.max_wait = max_wait;
        return made;
    }
    byte_stream open(std::int64_t begin = 0, std::int64_t end = -1, std::int64_t read_ahead = 0,
                     progress_callback report = {}) {
        download::reader_options how;
        how.size = size;
        how.begin = begin;
        how.end = end < 0 ? size : end;
        how.read_ahead = read_ahead == 0 ? budget.capacity() : read_ahead;
        how.on_progress = std::move(report);
        return byte_stream(std::make_unique<download::reader>(services(), std::move(how)));
    }

  private:
    seeded random_;

  public:
    std::int64_t size;
    duration max_wait = duration::max();
    io::simulation sim;
    schedule::byte_budget budget;
    std::shared_ptr<fake_source> source;
};

/// Reads to the end, checks every byte, and returns how many there were.
inline io::awaitable<std::int64_t> read_all(byte_stream& from) {
    std::int64_t total = 0;
    std::int64_t at = from.position();
    while (const std::optional<chunk> part = co_await from.next()) {
        REQUIRE(part->offset == at);
        REQUIRE_FALSE(part->data.empty());
        REQUIRE(is_content(at, part->data));
        at += static_cast<std::int64_t>(part->data.size());
        total += static_cast<std::int64_t>(part->data.size());
        REQUIRE(from.position() == at);
    }
    co_return total;
}

inline io::awaitable<void> expect_all(byte_stream& from, std::int64_t total) {
    const std::int64_t got = co_await read_all(from);
    CHECK(got == total);
}

/// Reads until it fails, and checks the failure.
inline io::awaitable<void> expect_failure(byte_stream& from, errc what) {
    failure met;
    try {
        co_await read_all(from);
    } catch (const error& thrown) {
        met = thrown.info();
    }
    CHECK(met.code == make_error_code(what));
}

}  // namespace download_test
