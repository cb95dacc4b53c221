// Sets client and cluster up, and downloads.
#include "unit/one_cluster/one_cluster.hpp"

#include "unit/one_cluster/served.hpp"
#include "unit/servers_of.hpp"

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>

namespace mtproto::test {
namespace {

io::awaitable<void> log_in(client& tg) {
    co_await tg.connect();
    co_await tg.login_bot("1:token");
}
io::awaitable<void> find(client& tg, std::string link, media& into) {
    into = co_await tg.resolve(link);
}
io::awaitable<void> read_all(byte_stream& from, std::optional<failure>& met) {
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

}  // namespace

const std::string& contents() {
    static const std::string data = file_of(file_size);
    return data;
}

io::awaitable<void> read_here(byte_stream& from, std::int64_t offset, std::size_t count) {
    std::vector<std::byte> into(count);
    const std::size_t got = co_await from.read_at(offset, into);
    CHECK(got == std::min(count, contents().size() - static_cast<std::size_t>(offset)));
    CHECK(std::memcmp(into.data(), contents().data() + offset, got) == 0);
}

one_cluster::one_cluster(local_dc_options options, config settings, core::account_options limits)
    : world_(random_), net_(world_.net(), world_.time()) {
    std::string name = (std::filesystem::temp_directory_path() / "mtproto-download-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    std::ofstream(folder_ / "one.bin", std::ios::binary) << contents();
    options.folder = folder_.string();
    options.rtt = std::chrono::milliseconds(20);
    servers_.emplace(local_dc_access::make(world_.make_environment(), std::move(options), key_of_cluster()));
    servers_->start();
    settings.api.id = 1;
    settings.api.hash = "hash";
    settings.servers = servers_of(servers_->info());
    const auto note = [this](log_level, std::string_view line) { log_.emplace_back(line); };
    io::environment around = world_.make_environment(note);
    around.net = &net_;
    auto account = core::account_connections::make(std::move(around), std::move(settings), nullptr, limits);
    account_ = account;
    client_.emplace(std::move(account));
    world_.run(log_in(*client_));
    world_.run(
        find(*client_, "https://t.me/demo/" + std::to_string(servers_->info().messages.at(0).id), file_));
}

one_cluster::~one_cluster() {
    client_.reset();
    world_.settle();
    servers_.reset();
    world_.settle();
    std::filesystem::remove_all(folder_);
}

void one_cluster::spawn(io::awaitable<void> task, std::function<void()> then) {
    boost::asio::co_spawn(world_.executor(), std::move(task), [then = std::move(then)](std::exception_ptr e) {
        CHECK_FALSE(e);
        if (!e) then();
    });
}

int one_cluster::logged(std::string_view part) const {
    return static_cast<int>(std::count_if(
        log_.begin(), log_.end(), [&](const std::string& line) { return line.find(part) != line.npos; }));
}

bool one_cluster::is_media(const io::endpoint& where) const {
    const auto& dcs = servers_->info().dcs;
    return std::none_of(dcs.begin(), dcs.end(), [&](const auto& dc) { return dc.port == where.port; });
}

std::optional<failure> one_cluster::failure_of_download() {
    byte_stream stream = tg().open(file_);
    std::optional<failure> met;
    world_.run(read_all(stream, met));
    return met;
}

duration one_cluster::time_of_download() {
    const duration before = now();
    const std::optional<failure> met = failure_of_download();
    CHECK_MESSAGE(!met, (met ? met->message() : std::string()));
    return now() - before;
}

}  // namespace mtproto::test
