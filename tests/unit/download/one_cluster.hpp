// One client and the local data centre with one file, in one process and virtual time.
#pragma once

#include "client/account_connections.hpp"
#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "localdc/access.hpp"
#include "unit/download/served.hpp"
#include "unit/download/spoiled_network.hpp"
#include "unit/servers_of.hpp"

#include <mtproto/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::test {

inline constexpr std::size_t file_size = 3'300'001;  // no whole number of parts

inline const std::string& contents() {
    static const std::string data = file_of(file_size);
    return data;
}

/// `count` bytes from `offset` of that file, or as many as there are, are what they should be.
inline io::awaitable<void> read_here(byte_stream& from, std::int64_t offset, std::size_t count) {
    std::vector<std::byte> into(count);
    const std::size_t got = co_await from.read_at(offset, into);
    CHECK(got == std::min(count, contents().size() - static_cast<std::size_t>(offset)));
    CHECK(std::memcmp(into.data(), contents().data() + offset, got) == 0);
}

class one_cluster {
  public:
    /// `rate`: bytes a second for each connection; 0: no limit.
    explicit one_cluster(std::vector<std::string> faults = {}, std::size_t budget = 4u << 20,
                         std::int64_t rate = 0, core::account_options limits = {})
        : one_cluster(serving(std::move(faults), rate), client_of(budget), limits) {}
    /// The options without a folder and a round-trip time, the configuration without the cluster.
    one_cluster(local_dc_options options, config settings, core::account_options limits = {})
        : world_(random_), net_(world_.net(), world_.time()) {
        std::string name = (std::filesystem::temp_directory_path() / "mtproto-download-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        std::ofstream(folder_ / "one.bin", std::ios::binary) << contents();
        options.folder = folder_.string();
        options.rtt = std::chrono::milliseconds(20);
        servers_.emplace(
            local_dc_access::make(world_.make_environment(), std::move(options), key_of_cluster()));
        servers_->start();
        settings.api.id = 1;
        settings.api.hash = "hash";
        settings.servers = servers_of(servers_->info());
        const auto note = [this](log_level, std::string_view line) { log_.emplace_back(line); };
        io::environment around = world_.make_environment(note);
        around.net = &net_;
        auto account =
            core::account_connections::make(std::move(around), std::move(settings), nullptr, limits);
        account_ = account;
        client_.emplace(std::move(account));
        world_.run(log_in(*client_));
        world_.run(
            find(*client_, "https://t.me/demo/" + std::to_string(servers_->info().messages.at(0).id), file_));
    }
    ~one_cluster() {
        client_.reset();
        world_.settle();
        servers_.reset();
        world_.settle();
        std::filesystem::remove_all(folder_);
    }

    client& tg() { return *client_; }
    /// The inside of the client.
    std::shared_ptr<core::account_connections> account() { return account_.lock(); }
    media& file() { return file_; }
    const local_dc_info& info() const { return servers_->info(); }
    localdc::tally counts() const { return local_dc_access::counts(*servers_); }
    void run(io::awaitable<void> task) { world_.run(std::move(task)); }
    void settle() { world_.settle(); }
    io::awaitable<void> rest(duration time) { co_await world_.time().sleep_for(time); }
    /// In the background; `then` is called at its end, if it did not fail.
    void spawn(io::awaitable<void> task, std::function<void()> then) {
        boost::asio::co_spawn(world_.executor(), std::move(task),
                              [then = std::move(then)](std::exception_ptr e) {
                                  CHECK_FALSE(e);
                                  if (!e) then();
                              });
    }
    /// What the client has written to its log with `part` in it.
    int logged(std::string_view part) const {
        return static_cast<int>(std::count_if(
            log_.begin(), log_.end(), [&](const std::string& line) { return line.find(part) != line.npos; }));
    }
    duration now() { return world_.time().now().time_since_epoch(); }

    /// What lies between client and cluster.
    spoiled_network& net() { return net_; }
    /// Whether it is a media-only address: the client is not told the others' ports by a file.
    bool is_media(const io::endpoint& where) const {
        const auto& dcs = servers_->info().dcs;
        return std::none_of(dcs.begin(), dcs.end(), [&](const auto& dc) { return dc.port == where.port; });
    }
    /// Downloads all; nothing when that goes well.
    std::optional<failure> failure_of_download() {
        byte_stream stream = tg().open(file_);
        std::optional<failure> met;
        world_.run(read_all(stream, met));
        return met;
    }

    /// Downloads all, which must go well.
    duration time_of_download() {
        const duration before = now();
        const std::optional<failure> met = failure_of_download();
        CHECK_MESSAGE(!met, (met ? met->message() : std::string()));
        return now() - before;
    }

    static local_dc_options serving(std::vector<std::string> faults, std::int64_t rate = 0) {
        local_dc_options made;
        made.faults = std::move(faults);
        made.rate = rate;
        return made;
    }
    static config client_of(std::size_t budget) {
        config made;
        made.byte_budget = budget;
        return made;
    }

  private:
    static io::awaitable<void> log_in(client& tg) {
        co_await tg.connect();
        co_await tg.login_bot("1:token");
    }
    static io::awaitable<void> find(client& tg, std::string link, media& into) {
        into = co_await tg.resolve(link);
    }
    static io::awaitable<void> read_all(byte_stream& from, std::optional<failure>& met) {
        std::size_t at = 0;
        try {
            while (const std::optional<chunk> part = co_await from.next()) {
                REQUIRE(part->offset == static_cast<std::int64_t>(at));
                REQUIRE(at + part->data.size() <= contents().size());
                REQUIRE(std::memcmp(part->data.data(), contents().data() + at, part->data.size()) == 0);
                at += part->data.size();
            }
            CHECK(at == contents().size());
        } catch (const error& thrown) {
            met = thrown.info();
        }
    }

    crypto::seeded_random random_{5};
    io::simulation world_;
    spoiled_network net_;
    std::filesystem::path folder_;
    std::optional<local_dc> servers_;
    std::weak_ptr<core::account_connections> account_;
    std::optional<client> client_;
    media file_;
    std::vector<std::string> log_;
};

}  // namespace mtproto::test
