// What the scripted data centres answer when a test has nothing else in mind.
#include "unit/client/scripted_cluster.hpp"

#include <boost/asio/detached.hpp>

namespace mtproto::test {
namespace {

io::endpoint place_of(int dc, bool media) {
    return {(media ? "media" : "dc") + std::to_string(dc), 443};
}

constexpr int dcs[] = {1, 2, 3, 4};
constexpr int dc_without_media = 4;
constexpr int home = 2;

const std::string& rsa_pem() {
    static const std::string pem = crypto::telegram_test_keys().front().to_pem();
    return pem;
}

}  // namespace

bytes config_answer(int this_dc) {
    tl::config made;
    made.date = 1'750'000'000;
    made.expires = made.date + 3600;
    made.this_dc = this_dc;
    for (const int dc : dcs) {
        for (const bool media : {false, true}) {
            if (media && dc == dc_without_media) continue;
            tl::dcOption option;
            option.id = dc;
            option.media_only = media;
            option.this_port_only = true;
            option.ip_address = place_of(dc, media).host;
            option.port = place_of(dc, media).port;
            made.dc_options.push_back(std::move(option));
        }
    }
    return tl::encode(made);
}

bytes authorization_answer(std::int64_t user_id, bool bot) {
    tl::user who;
    who.id = user_id;
    who.bot = bot;
    if (bot) who.bot_info_version = 1;
    who.first_name = "Ada";
    who.last_name = "L";
    who.username = "ada";
    tl::auth::authorization made;
    made.user = std::move(who);
    return tl::encode(made);
}

bytes nearest_answer(int dc) {
    tl::nearestDc made;
    made.country = "XX";
    made.this_dc = dc;
    made.nearest_dc = dc;
    return tl::encode(made);
}

bytes nearest_request() {
    const tl::help::getNearestDc request{};
    return tl::encode(request);
}

scripted_cluster::scripted_cluster(std::int64_t user, const std::function<void(config&)>& adjust)
    : world_(random_) {
    stored_session session;
    session.home_dc = home;
    session.user_id = user;
    config settings;
    settings.api.id = 1;
    settings.api.hash = "hash";
    settings.session = store_;
    settings.servers = {};
    settings.forward_secrecy = false;  // a scripted data centre makes no keys
    settings.servers.home_dc = home;
    settings.servers.rsa_public_keys.push_back(rsa_pem());
    for (const int dc : dcs) {
        const auto key = key_of_test(static_cast<std::uint64_t>(dc));
        stored_dc& kept = session.dcs[dc];
        kept.auth_key.assign(key->data().begin(), key->data().end());
        kept.authorized = dc == home && user != 0;
        const auto answering = [this](const seen_request& what) { return answer(what); };
        servers_[dc] = std::make_unique<scripted_server>(world_, dc, place_of(dc, false), key, answering);
        if (dc != dc_without_media)
            servers_[dc + media_offset] =
                std::make_unique<scripted_server>(world_, dc, place_of(dc, true), key, answering);
        dc_address& address = settings.servers.addresses.emplace_back();
        address.dc = dc;
        address.host = place_of(dc, false).host;
    }
    store_->kept = session;
    if (adjust) adjust(settings);
    client_ = core::account_connections::make(world_.make_environment(), std::move(settings));
}

scripted_cluster::~scripted_cluster() {
    client_->close();
    world_.settle();
    client_.reset();
    servers_.clear();
}

void scripted_cluster::connect() {
    run([](core::account_connections& client) -> io::awaitable<void> {
        const outcome<void> connected = co_await client.connect();
        if (!connected) throw error(connected.error());
    }(*client_));
}

int scripted_cluster::count(std::uint32_t method) const {
    int sum = 0;
    for (const auto& [number, server] : servers_)
        sum += server->count(method);
    return sum;
}

outcome<bytes> scripted_cluster::call(bytes request, std::string_view method, core::call_options how) {
    outcome<bytes> answer = errc::cancelled;
    run([](core::account_connections& client, bytes what, std::string_view name, core::call_options options,
           outcome<bytes>& into) -> io::awaitable<void> {
        into = co_await client.call(std::move(what), name, options);
    }(*client_, std::move(request), method, how, answer));
    return answer;
}

outcome<std::shared_ptr<core::file_connection>> scripted_cluster::line(int dc, int index) {
    outcome<std::shared_ptr<core::file_connection>> made = errc::cancelled;
    run([](core::account_connections& client, int where, int which,
           outcome<std::shared_ptr<core::file_connection>>& into) -> io::awaitable<void> {
        into = co_await client.connection_for_files(where, which);
    }(*client_, dc, index, made));
    return made;
}

scripted_answer scripted_cluster::answer(const seen_request& what) {
    if (on_request)
        if (std::optional<scripted_answer> how = on_request(what)) return std::move(*how);
    switch (what.method) {
        case tl::help::getConfig::tl_id:
            return reply(config_answer(what.dc));
        case tl::help::getNearestDc::tl_id:
            return reply(nearest_answer(what.dc));
        case tl::auth::exportAuthorization::tl_id: {
            tl::auth::exportedAuthorization ticket;
            ticket.id = 77;
            ticket.bytes = bytes::copy("ticket");
            return reply(tl::encode(ticket));
        }
        case tl::auth::importAuthorization::tl_id:
            return reply(authorization_answer(77, false));
        default:
            return reply_error(400, "METHOD_INVALID");
    }
}

}  // namespace mtproto::test
