// The whole client below media against the local data centre, in one process and virtual time.
#include "client/runtime.hpp"
#include "crypto/auth_key.hpp"
#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "localdc/access.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>

using namespace mtproto;
namespace io = mtproto::io;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t file_size = 1'500'000;  // not a whole number of parts

std::string file_contents() {
    std::string data(file_size, '\0');
    for (std::size_t i = 0; i < data.size(); ++i)
        data[i] = static_cast<char>((i * 2654435761u) >> 13);
    return data;
}

/// Making a key takes 100 ms and more: one for all tests.
const localdc::server_key& key_of_cluster() {
    static const localdc::server_key key = localdc::load_server_key("").value();
    return key;
}

class one_cluster {
  public:
    explicit one_cluster(local_dc_options options = {}, transport over = transport::intermediate)
        : world_(random_) {
        std::string name = (fs::temp_directory_path() / "mtproto-client-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        std::ofstream(folder_ / "one.bin", std::ios::binary) << file_contents();
        options.folder = folder_.string();
        servers_.emplace(
            local_dc_access::make(world_.make_environment(), std::move(options), key_of_cluster()));
        servers_->start();
        store_ = memory_session();
        over_ = over;
        restart();
    }
    ~one_cluster() {
        stop_client();
        servers_.reset();
        world_.settle();
        fs::remove_all(folder_);
    }

    /// A new process with the same session file.
    void restart() {
        stop_client();
        config settings;
        settings.api.id = 1;
        settings.api.hash = "hash";
        settings.session = store_;
        settings.connect_over = over_;
        settings.servers = {};
        settings.servers.home_dc = servers_->info().home_dc;
        settings.servers.rsa_public_keys.push_back(servers_->info().rsa_public_key);
        for (const auto& dc : servers_->info().dcs) {
            dc_address& address = settings.servers.addresses.emplace_back();
            address.dc = dc.id;
            address.host = dc.host;
            address.port = dc.port;
        }
        const auto note = [this](log_level, std::string_view line) { log_.emplace_back(line); };
        client_ = core::runtime::make(world_.make_environment(note), std::move(settings));
    }

    /// What the client has written to its log with `part` in it.
    int logged(std::string_view part) const {
        return static_cast<int>(std::count_if(
            log_.begin(), log_.end(), [&](const std::string& line) { return line.find(part) != line.npos; }));
    }
    /// The session as it is kept now.
    stored_session session() const { return store_->load().value().value(); }
    session_store& store() { return *store_; }

    io::simulation& world() { return world_; }
    const local_dc_info& info() { return servers_->info(); }
    core::runtime& client() { return *client_; }
    void run(io::awaitable<void> task) { world_.run(std::move(task)); }

  private:
    void stop_client() {
        if (!client_) return;
        client_->close();
        world_.settle();
        client_.reset();
    }

    crypto::seeded_random random_{11};
    io::simulation world_;
    fs::path folder_;
    std::optional<local_dc> servers_;
    std::shared_ptr<session_store> store_;
    transport over_ = transport::intermediate;
    std::vector<std::string> log_;
    std::shared_ptr<core::runtime> client_;
};

template <class T>
void succeeded(const outcome<T>& what) {
    if (!what) throw error(what.error());
}

io::awaitable<void> connect_and_log_in(core::runtime& client) {
    const outcome<void> connected = co_await client.connect();
    succeeded(connected);
    const outcome<account> who = co_await client.login_bot("1:token");
    succeeded(who);
    CHECK(who->user_id != 0);
}

struct place {
    tl::inputDocumentFileLocation location;
    int dc = 0;
    std::int64_t size = 0;
};

io::awaitable<place> find_file(core::runtime& client, const local_dc_info& about) {
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

constexpr std::int32_t part_size = 128 * 1024;

io::awaitable<void> get_part(core::file_line& line, const place& from, std::int64_t offset,
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

/// All parts at once, over four lines.
io::awaitable<void> download(one_cluster& all, std::string& into) {
    const place from = co_await find_file(all.client(), all.info());
    CHECK(from.dc != all.info().home_dc);
    into.assign(static_cast<std::size_t>(from.size), '\0');
    std::vector<std::shared_ptr<core::file_line>> lines;
    for (int index = 0; index < 4; ++index) {
        const auto line = co_await all.client().line(from.dc, index);
        succeeded(line);
        lines.push_back(*line);
    }
    int left = 0;
    std::exception_ptr thrown;
    for (std::int64_t offset = 0; offset < from.size; offset += part_size) {
        core::file_line& line = *lines[static_cast<std::size_t>(offset / part_size) % lines.size()];
        ++left;
        asio::co_spawn(all.world().executor(), get_part(line, from, offset, into),
                       [&](std::exception_ptr why) {
                           --left;
                           if (why) thrown = why;
                       });
    }
    while (left > 0)
        co_await all.world().time().sleep_for(std::chrono::milliseconds(10));
    if (thrown) std::rethrow_exception(thrown);
}

class answers final : public login_ui {
  public:
    answers(std::string code, std::string password)
        : code_(std::move(code)), password_(std::move(password)) {}

    io::awaitable<std::optional<std::string>> phone_number() override { co_return "+42"; }
    io::awaitable<std::optional<std::string>> code(const code_info&) override { co_return code_; }
    io::awaitable<std::optional<std::string>> password(const std::string&) override { co_return password_; }
    void wrong(const std::string& what) override { FAIL(what); }

  private:
    std::string code_;
    std::string password_;
};

}  // namespace

TEST_CASE("key exchange, configuration and a bot's login with the local data centre") {
    one_cluster all;
    all.run(connect_and_log_in(all.client()));
    bool in = false;
    const auto asking = [](core::runtime& client, bool& into) -> io::awaitable<void> {
        const outcome<bool> whether = co_await client.authorized();
        succeeded(whether);
        into = *whether;
    };
    all.run(asking(all.client(), in));
    CHECK(in);
}

TEST_CASE("the stored session logs in again without a key exchange or a code") {
    one_cluster all;
    all.run(connect_and_log_in(all.client()));
    all.restart();
    all.run([](core::runtime& client) -> io::awaitable<void> {
        const outcome<void> connected = co_await client.connect();
        succeeded(connected);
        const outcome<bool> whether = co_await client.authorized();
        succeeded(whether);
        CHECK(*whether);
    }(all.client()));
}

TEST_CASE("phone number, code and two-step password with the local data centre") {
    local_dc_options options;
    options.password = "correct horse";
    one_cluster all(options);
    answers ui(all.info().login_code, options.password);
    all.run([](core::runtime& client, login_ui& asking) -> io::awaitable<void> {
        const outcome<void> connected = co_await client.connect();
        succeeded(connected);
        const outcome<account> who = co_await client.login(asking);
        succeeded(who);
        CHECK_FALSE(who->bot);
    }(all.client(), ui));
}

TEST_CASE("a file of a foreign data centre comes whole over four lines, with each framing") {
    for (const transport over :
         {transport::intermediate, transport::abridged, transport::padded_intermediate, transport::full}) {
        CAPTURE(static_cast<int>(over));
        one_cluster all({}, over);
        all.run(connect_and_log_in(all.client()));
        std::string got;
        all.run(download(all, got));
        CHECK((got == file_contents()));
    }
}

TEST_CASE("connections that the server closes in mid download cost nothing but time") {
    local_dc_options options;
    options.faults = {"close@getFile:3x4"};
    one_cluster all(options);
    all.run(connect_and_log_in(all.client()));
    std::string got;
    all.run(download(all, got));
    CHECK((got == file_contents()));
    CHECK(all.logged("connection lost") >= 4);
}

TEST_CASE("a packet with a wrong msg_key is never taken; asked again it comes right") {
    local_dc_options options;
    options.faults = {"wrong-msg-key@getFile:2"};
    one_cluster all(options);
    all.run(connect_and_log_in(all.client()));
    std::string got;
    all.run(download(all, got));
    CHECK((got == file_contents()));
    CHECK(all.logged("a packet does not verify") == 1);
}

TEST_CASE("transport error 1.6: with a key that the server forgot, connecting makes another and succeeds") {
    one_cluster all;
    all.run(connect_and_log_in(all.client()));
    stored_session other = all.session();
    const int home = all.info().home_dc;
    other.dcs.at(home).auth_key.assign(crypto::auth_key::size, std::byte{0x5a});
    REQUIRE(all.store().save(other).has_value());
    all.restart();
    all.run(connect_and_log_in(all.client()));
    CHECK(all.logged("forgotten the authorization key") == 1);
    CHECK(all.session().dcs.at(home).auth_key != other.dcs.at(home).auth_key);
}

TEST_CASE("errors 6: AUTH_KEY_DUPLICATED in mid download costs that data centre's key and no part") {
    local_dc_options options;
    options.faults = {"rpc-error=406 AUTH_KEY_DUPLICATED@getFile:3x2"};
    one_cluster all(options);
    all.run(connect_and_log_in(all.client()));
    all.run([](one_cluster& here) -> io::awaitable<void> {
        const place from = co_await find_file(here.client(), here.info());
        const auto line = co_await here.client().line(from.dc, 0);
        succeeded(line);
    }(all));
    const stored_session before = all.session();
    std::string got;
    all.run(download(all, got));
    CHECK((got == file_contents()));
    const stored_session after = all.session();
    CHECK(after.user_id == before.user_id);
    for (const auto& [dc, kept] : after.dcs) {
        CAPTURE(dc);
        const bool same = kept.auth_key == before.dcs.at(dc).auth_key;
        CHECK(same == (dc == all.info().home_dc));
        CHECK(kept.authorized);
    }
}

TEST_CASE("errors 6: AUTH_KEY_DUPLICATED at home ends the login, and the next one is under another key") {
    local_dc_options options;
    options.faults = {"rpc-error=406 AUTH_KEY_DUPLICATED@getNearestDc:1"};
    one_cluster all(options);
    all.run(connect_and_log_in(all.client()));
    const stored_session before = all.session();
    all.run([](core::runtime& client) -> io::awaitable<void> {
        const tl::help::getNearestDc request{};
        const auto refused = co_await core::call(client, request);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == errc::not_authorized);
        const outcome<bool> in = co_await client.authorized();
        succeeded(in);
        CHECK_FALSE(*in);
    }(all.client()));
    CHECK(all.session().user_id == 0);
    all.run(connect_and_log_in(all.client()));
    const int home = all.info().home_dc;
    CHECK(all.session().user_id != 0);
    CHECK(all.session().dcs.at(home).auth_key != before.dcs.at(home).auth_key);
}

TEST_CASE("auth_key 2.1: a server whose nonce is wrong, or whose key is not known, gets no client") {
    const auto failing = [](const char* fault) {
        local_dc_options options;
        options.faults = {fault};
        one_cluster all(options);
        outcome<void> connected;
        all.run([](core::runtime& client, outcome<void>& into) -> io::awaitable<void> {
            into = co_await client.connect();
        }(all.client(), connected));
        REQUIRE_FALSE(connected.has_value());
        return connected.error().code;
    };
    CHECK(failing("wrong-nonce@req_pq_multi:1x0") == errc::handshake_failed);
    CHECK(failing("wrong-fingerprint@req_pq_multi:1x0") == errc::unknown_rsa_key);
    CHECK(failing("dh-fail@set_client_DH_params:1x0") == errc::handshake_failed);
}

TEST_CASE("a round trip of 100 ms is measured as such") {
    local_dc_options options;
    options.rtt = std::chrono::milliseconds(100);
    one_cluster all(options);
    all.run(connect_and_log_in(all.client()));
    duration measured{};
    all.run([](one_cluster& here, duration& into) -> io::awaitable<void> {
        const place from = co_await find_file(here.client(), here.info());
        const auto line = co_await here.client().line(from.dc, 0);
        succeeded(line);
        std::string data(static_cast<std::size_t>(from.size), '\0');
        co_await get_part(**line, from, 0, data);
        into = (*line)->min_rtt();
    }(all, measured));
    CHECK(measured >= std::chrono::milliseconds(100));
    CHECK(measured < std::chrono::milliseconds(120));
}
