// The cluster's and the client's life, and a download without the download room.
#include "unit/client/local_cluster.hpp"

#include "localdc/access.hpp"
#include "unit/servers_of.hpp"

#include <mtproto/tl/codec.hpp>

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace mtproto::test {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

/// Making a key takes 100 ms and more: one for all tests.
const localdc::server_key& key_of_cluster() {
    static const localdc::server_key key = localdc::load_server_key("").value();
    return key;
}

constexpr std::int32_t part_size = 128 * 1024;
constexpr int line_count = 4;

}  // namespace

/// Another calendar on the same clock.
class local_cluster::skewed_timers final : public io::timers {
  public:
    skewed_timers(io::timers& under, duration error) : under_(&under), error_(error) {}

    time_point now() const override { return under_->now(); }
    unix_time unix_now() const override { return under_->unix_now() + error_; }
    io::awaitable<result<void>> sleep_until(time_point when) override { return under_->sleep_until(when); }
    void set_error(duration error) noexcept { error_ = error; }

  private:
    io::timers* under_;
    duration error_;
};

local_cluster::local_cluster(local_dc_options options, client_settings settings, std::string file)
    : world_(random_), file_(std::move(file)) {
    std::string name = (fs::temp_directory_path() / "mtproto-client-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    std::ofstream(folder_ / "one.bin", std::ios::binary) << file_;
    options.folder = folder_.string();
    servers_.emplace(local_dc_access::make(world_.make_environment(), std::move(options), key_of_cluster()));
    servers_->start();
    store_ = memory_session();
    restart(settings);
}

local_cluster::~local_cluster() {
    stop_client();
    servers_.reset();
    world_.settle();
    fs::remove_all(folder_);
}

void local_cluster::restart(client_settings settings) {
    stop_client();
    settings_ = settings;
    clock_ = std::make_unique<skewed_timers>(world_.time(), settings.clock_error);
    config made;
    made.api.id = 1;
    made.api.hash = "hash";
    made.session = store_;
    made.transport = settings.over;
    made.forward_secrecy = settings.forward_secrecy;
    made.servers = servers_of(servers_->info());
    const auto note = [this](log_level, std::string_view line) { log_.emplace_back(line); };
    io::environment where(world_.executor(), wire_, *clock_, random_, note);
    client_ = core::account_connections::make(std::move(where), std::move(made), nullptr, settings.limits);
}

void local_cluster::restart() {
    restart(settings_);
}

void local_cluster::set_clock_error(duration error) {
    clock_->set_error(error);
}

int local_cluster::logged(std::string_view part) const {
    return static_cast<int>(std::count_if(
        log_.begin(), log_.end(), [&](const std::string& line) { return line.find(part) != line.npos; }));
}

void local_cluster::log_in() {
    run(connect_and_log_in(*client_));
}

void local_cluster::stop_client() {
    if (!client_) return;
    client_->close();
    world_.settle();
    client_.reset();
}

std::string some_file(std::size_t size) {
    std::string data(size, '\0');
    for (std::size_t i = 0; i < data.size(); ++i)
        data[i] = static_cast<char>((i * 2654435761u) >> 13);
    return data;
}

io::awaitable<void> connect_and_log_in(core::account_connections& client) {
    const outcome<void> connected = co_await client.connect();
    succeeded(connected);
    const outcome<account> who = co_await client.login_bot("1:token");
    succeeded(who);
    CHECK(who->user_id != 0);
}

io::awaitable<place> find_file(core::account_connections& client, const local_dc_info& about) {
    tl::contacts::resolveUsername who;
    who.username = about.channel;
    const auto resolved = co_await core::call(client, who);
    succeeded(resolved);
    const auto* channel = resolved->chats.at(0).as<tl::channel>();
    tl::inputChannel in;
    in.channel_id = channel->id;
    in.access_hash = channel->access_hash.value();
    tl::inputMessageID id;
    id.id = about.messages.at(0).id;
    tl::channels::getMessages get;
    get.channel = std::move(in);
    get.id.emplace_back(std::move(id));
    const auto messages = co_await core::call(client, get);
    succeeded(messages);
    const auto* found = messages->as<tl::messages::channelMessages>();
    const auto* message = found->messages.at(0).as<tl::message>();
    const auto* media = message->media->as<tl::messageMediaDocument>();
    const auto* document = media->document->as<tl::document>();
    place made;
    made.dc = document->dc_id;
    made.size = document->size;
    made.location.id = document->id;
    made.location.access_hash = document->access_hash;
    made.location.file_reference = document->file_reference;
    co_return made;
}

io::awaitable<void> get_part(core::file_connection& line, const place& from, std::int64_t offset,
                             std::string& into) {
    tl::inputDocumentFileLocation where;
    where.id = from.location.id;
    where.access_hash = from.location.access_hash;
    where.file_reference = from.location.file_reference;
    tl::upload::getFile request;
    request.location = std::move(where);
    request.offset = offset;
    request.limit = part_size;
    bytes encoded = tl::encode(request);
    const outcome<bytes> answer = co_await line.call(std::move(encoded), tl::upload::getFile::tl_name);
    succeeded(answer);
    const auto part = tl::decode<tl::upload::File>(*answer);
    const auto* file = part->as<tl::upload::file>();
    REQUIRE(file);
    into.replace(static_cast<std::size_t>(offset), file->bytes.size(), file->bytes.text());
}

namespace {

io::awaitable<void> get_every(int step, core::file_connection& line, const place& from, std::int64_t first,
                              std::string& into) {
    for (std::int64_t offset = first; offset < from.size; offset += std::int64_t{step} * part_size)
        co_await get_part(line, from, offset, into);
}

}  // namespace

io::awaitable<void> fetch_file(local_cluster& all, std::string& into, pace how) {
    const place from = co_await find_file(all.client(), all.info());
    CHECK(from.dc != all.info().home_dc);
    into.assign(static_cast<std::size_t>(from.size), '\0');
    int left = 0;
    std::exception_ptr thrown;
    const auto begin = [&](io::awaitable<void> task) {
        ++left;
        asio::co_spawn(all.world().executor(), std::move(task), [&](std::exception_ptr why) {
            --left;
            if (why) thrown = why;
        });
    };
    std::vector<std::shared_ptr<core::file_connection>> lines;
    for (int index = 0; index < line_count; ++index) {
        const auto line = co_await all.client().connection_for_files(from.dc, index);
        succeeded(line);
        lines.push_back(*line);
    }
    for (int index = 0; index < line_count; ++index) {
        core::file_connection& line = *lines[static_cast<std::size_t>(index)];
        if (how == pace::one_by_one) {
            begin(get_every(line_count, line, from, std::int64_t{index} * part_size, into));
            continue;
        }
        for (std::int64_t offset = std::int64_t{index} * part_size; offset < from.size;
             offset += std::int64_t{line_count} * part_size)
            begin(get_part(line, from, offset, into));
    }
    while (left > 0)
        co_await all.world().time().sleep_for(std::chrono::milliseconds(10));
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace mtproto::test
