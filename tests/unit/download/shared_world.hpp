// A simulation in which streams share lines, blocks and a budget, as those of one client do.
#pragma once

#include "download/block_cache.hpp"
#include "fake_source.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace download_test {

struct arrival {
    duration when{0};
    std::int64_t bytes = 0;
};

class shared_world : public world {
  public:
    explicit shared_world(std::int64_t size, std::int64_t capacity = 32 * mib)
        : world(size, capacity), cache(std::make_shared<download::block_cache>(budget)) {
        source->delay = [](const asked&) { return duration(100ms); };
    }
    ~shared_world() {
        sim.settle();
        cache.reset();
    }

    std::shared_ptr<download::shared_file> file(std::int64_t id = 1) {
        download::document_key key;
        key.id = id;
        return cache->file(key, sim.executor(), size);
    }
    /// A stream of document `id` from `how.begin` on.
    byte_stream open(download::reader_options how = {}, std::int64_t id = 1) {
        download::shared_services with = services();
        with.queue = &turns;
        with.file = file(id);
        how.size = size;
        how.end = size;
        if (how.read_ahead == 0) how.read_ahead = budget.capacity();
        return byte_stream(std::make_unique<download::reader>(std::move(with), std::move(how)));
    }
    std::int64_t asked_bytes() const {
        std::int64_t total = 0;
        for (const asked& one : source->log)
            total += std::min<std::int64_t>(one.limit, size - one.offset);
        return total;
    }
    duration now() { return sim.time().now().time_since_epoch(); }
    void pass(duration time) {
        sim.run([](io::timers& timers, duration how_long) -> io::awaitable<void> {
            co_await timers.sleep_for(how_long);
        }(sim.time(), time));
    }
    /// Reads `from` on and on, and notes when each part came.
    void read_in_background(byte_stream& from, std::vector<arrival>& into) {
        boost::asio::co_spawn(sim.executor(), read_on(from, sim.time(), into), boost::asio::detached);
        sim.settle();
    }

    schedule::fair_queue turns;
    std::shared_ptr<download::block_cache> cache;

  private:
    static io::awaitable<void> read_on(byte_stream& from, io::timers& time, std::vector<arrival>& into) {
        while (const std::optional<chunk> part = co_await from.next())
            into.push_back({time.now().time_since_epoch(), static_cast<std::int64_t>(part->data.size())});
    }
};

}  // namespace download_test
