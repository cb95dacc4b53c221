// A client and a cluster on one thread, one after the other as packets come.
#include "windows/real.hpp"

#include <mtproto/client.hpp>
#include <mtproto/local_dc.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::bench {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

/// A folder with one file of zeros that takes no room, removed at the end.
class served_file {
  public:
    explicit served_file(std::int64_t size) {
        std::string name = (fs::temp_directory_path() / "mtproto-windows-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw error({errc::io_failed, "no temporary folder can be made"});
        folder_ = name;
        const fs::path file = folder_ / "one.bin";
        std::ofstream(file).close();
        fs::resize_file(file, static_cast<std::uintmax_t>(size));
    }
    ~served_file() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    served_file(const served_file&) = delete;
    served_file& operator=(const served_file&) = delete;
    std::string folder() const { return folder_.string(); }

  private:
    fs::path folder_;
};

local_dc_options serve(const sim::scenario& what, const std::string& folder) {
    local_dc_options made;
    made.folder = folder;
    made.rtt = what.rules.rtt;
    made.rate = what.rules.connection_rate;
    made.limits.jitter = what.rules.jitter;
    made.limits.loss = what.rules.loss;
    made.limits.account_rate = what.rules.account_rate;
    made.limits.flood_rate = what.rules.flood.bytes.rate;
    made.limits.flood_burst = what.rules.flood.bytes.burst;
    made.limits.flood_shortest = what.rules.flood.shortest;
    made.limits.flood_longest = what.rules.flood.longest;
    made.limits.slow_parts = what.rules.slow.probability;
    made.limits.most_connections = what.rules.most_connections;
    made.scenario_seed = what.seed;
    return made;
}

config client_of(const sim::scenario& what, const local_dc_info& servers) {
    config made;
    made.api.id = 1;
    made.api.hash = "hash";
    made.byte_budget = static_cast<std::size_t>(what.budget);
    made.file_connections = what.connections;
    made.servers = servers_of(servers);
    for (const local_dc_info::data_centre& dc : servers.dcs)
        made.servers.addresses.emplace_back(dc.id, dc.host, dc.media_port, true);
    return made;
}

/// All readers, and what they came to.
class run {
  public:
    run(const sim::scenario& what, const sim::strategy_factory& strategy)
        : what_(what),
          strategy_(strategy),
          file_(what.readers.front().size),
          servers_(context_.get_executor(), serve(what, file_.folder())) {
        servers_.start();
        client_.emplace(context_.get_executor(), client_of(what, servers_.info()));
    }

    sim::report result() {
        wait_for(log_in());
        made_.readers.resize(what_.readers.size());
        flood_waits_.resize(what_.readers.size());
        began_ = std::chrono::steady_clock::now();
        left_ = what_.readers.size();
        for (std::size_t i = 0; i < what_.readers.size(); ++i)
            asio::co_spawn(context_, read(i), [this](const std::exception_ptr& thrown) {
                if (thrown) thrown_ = thrown;
                if (--left_ == 0) context_.stop();
            });
        context_.restart();
        context_.run();
        if (thrown_) std::rethrow_exception(thrown_);
        made_.took = std::chrono::steady_clock::now() - began_;
        made_.limit = what_.limit();
        made_.received = made_.bytes();
        for (const int waits : flood_waits_)
            made_.flood_waits = std::max(made_.flood_waits, waits);
        return made_;
    }

  private:
    void wait_for(asio::awaitable<void> what) {
        std::exception_ptr met;
        asio::co_spawn(context_, std::move(what), [&](const std::exception_ptr& thrown) {
            met = thrown;
            context_.stop();
        });
        context_.restart();
        context_.run();
        if (met) std::rethrow_exception(met);
    }

    asio::awaitable<void> log_in() {
        co_await client_->connect();
        co_await client_->login_bot("1:token");
        const std::string link = "https://t.me/demo/" + std::to_string(servers_.info().messages.at(0).id);
        media_ = co_await client_->resolve(link);
    }

    asio::awaitable<void> read(std::size_t which) {
        const auto note = [this, which](const progress& now) {
            flood_waits_[which] = now.flood_waits;
            if (made_.connections.empty() || made_.connections.back().count < now.connections)
                made_.connections.push_back({std::chrono::steady_clock::now() - began_, now.connections});
        };
        stream_options options;
        options.on_progress = note;
        byte_stream stream = client_->open(media_, {}, std::move(options));
        stream.use(strategy_());
        sim::reader_report& mine = made_.readers[which];
        while (const std::optional<chunk> part = co_await stream.next()) {
            if (mine.bytes == 0) mine.first_byte = std::chrono::steady_clock::now() - began_;
            mine.bytes += static_cast<std::int64_t>(part->data.size());
        }
        mine.took = std::chrono::steady_clock::now() - began_;
        mine.complete = mine.bytes == media_.size;
    }

    const sim::scenario& what_;
    const sim::strategy_factory& strategy_;
    served_file file_;
    asio::io_context context_{1};
    local_dc servers_;
    std::optional<client> client_;
    media media_;
    time_point began_{};
    std::size_t left_ = 0;
    std::exception_ptr thrown_;
    std::vector<int> flood_waits_;
    sim::report made_;
};

}  // namespace

bool can_be_real(const sim::scenario& what) {
    const std::int64_t size = what.readers.front().size;
    return what.faults.empty() &&
           std::all_of(what.readers.begin(), what.readers.end(), [&](const sim::reader_rules& one) {
               return one.rate == 0 && one.begins == duration{0} && one.size == size;
           });
}

sim::report run_real(const sim::scenario& what, const sim::strategy_factory& strategy) {
    return run(what, strategy).result();
}

}  // namespace mtproto::bench
