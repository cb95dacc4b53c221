// The local data centre behind a pipe in virtual time: framed nonsense, and arbitrary messages sealed under
// keys that it knows.
#include "crypto/seeded_random.hpp"
#include "fuzz.hpp"
#include "io/simulation.hpp"
#include "local_dc_marks.hpp"
#include "localdc/cluster.hpp"
#include "localdc/server_connection.hpp"
#include "marks.hpp"
#include "seeded_key.hpp"
#include "wire/container.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <array>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace asio = boost::asio;

namespace {

constexpr std::int64_t first_salt = 0x1111;
constexpr std::int64_t fixed_secret = 0x0123456789abcdef;
constexpr int layer = tl::api_layer;

const std::shared_ptr<const crypto::auth_key>& permanent_key() {
    static const auto key = fuzz::seeded_key(42);
    return key;
}

const std::shared_ptr<const crypto::auth_key>& temporary_key() {
    static const auto key = fuzz::seeded_key(43);
    return key;
}

// Faults that an input can ask for, and which of them leave the server's packets as they should be.
constexpr std::array fault_specs = {
    "rpc-error=420 FLOOD_WAIT_3@getFile", "short-part@getFile:1x0",       "long-part=70000@getFile:1x0",
    "wrong-part-bytes@getFile:1x0",       "wrong-hash@getFileHashes:1x0", "expired-reference@getFile:2x0",
    "dropped-login@getConfig:1x0",        "silence@getConfig:2",          "close@getConfig:2",
    "transport-error=404@getConfig:1x0",  "wrong-msg-key@getConfig:1x0",  "wrong-length@getConfig:1x0"};
constexpr std::size_t faults_on_the_wire = 2;  // the last ones

// One cluster with two keys, and one client's line to it.
class world {
  public:
    explicit world(fuzz::input& from) {
        const std::uint8_t choice = from.u8();
        const std::uint8_t more = from.u8();
        local_dc_options options;
        options.folder = SERVED_FOLDER;
        options.text_messages = {"text"};
        options.protected_messages = {3};
        options.unregistered_phones = {"99"};
        if (more & 16) {
            const std::size_t which = more & 15;
            if (which < fault_specs.size()) options.faults = {fault_specs[which]};
            honest_ = which + faults_on_the_wire < fault_specs.size() || which >= fault_specs.size();
        }
        if (more & 32) options.rtt = 100ms;
        if (more & 64) options.rate = 50'000;
        make_cluster(std::move(options), more & 128);
        install_keys(choice);

        auto ends = simulation_.net().make_pair();
        mine_ = std::move(ends.first);
        kind_ = static_cast<wire::framing>(choice & 3);
        auto served = std::make_shared<localdc::server_connection>(cluster_, dc(choice),
                                                                   std::move(ends.second), std::nullopt);
        asio::co_spawn(simulation_.executor(), localdc::server_connection::run(std::move(served)),
                       [this](std::exception_ptr thrown) {
                           fuzz::require(!thrown, "a connection does not end by an exception");
                           ended_ = true;
                       });
        asio::co_spawn(simulation_.executor(), listen(), asio::detached);
        writer_.emplace(wire::role::client, kind_, random_);
        reader_.emplace(wire::role::client, kind_, pool_);
    }

    void step(fuzz::input& from) {
        switch (from.u8() % 8) {
            case 0:
                framed_ = false;  // which framing the server speaks is not known from here on
                write(from.piece());
                break;
            case 1:
                plain(from);
                break;
            case 2:
                pass(std::chrono::milliseconds(from.u16()));
                break;
            case 3:
                pass(std::chrono::seconds(from.u16()));
                break;
            default:
                sealed(from);
                break;
        }
        simulation_.settle();
    }

    void finish() {
        mine_->close();
        simulation_.settle();
        // What is due later is waited for, but nothing new comes.
        constexpr int most_waits = 10'000;
        for (int waits = 0; !ended_ && simulation_.time().anyone_waits() && waits < most_waits; ++waits) {
            simulation_.time().advance_to_next();
            simulation_.settle();
        }
        fuzz::require(ended_, "a connection ends when its client closes");
    }

  private:
    void make_cluster(local_dc_options options, bool with_password) {
        static const localdc::server_key rsa{crypto::rsa_private_key::generate().value(), {}};
        auto files = localdc::catalogue::read(options, localdc::home_of(options.dcs));
        fuzz::require(files.has_value(), "the served folder can be read");
        cluster_ = std::make_shared<localdc::cluster>(simulation_.make_environment(), std::move(options), rsa,
                                                      std::move(*files));
        cluster_->secret = localdc::cluster_secret(fixed_secret);
        if (with_password) cluster_->accounts.password = password(rsa);
    }

    // Made once: its key derivation is slow, as it should be.
    static const localdc::password_check& password(const localdc::server_key& rsa) {
        static const localdc::password_check check = [&] {
            crypto::seeded_random random(8);
            io::simulation idle(random);
            local_dc_options options;
            options.password = "password";
            auto files = localdc::catalogue::read(options, 1);
            const localdc::cluster once(idle.make_environment(), options, rsa, std::move(*files));
            return *once.accounts.password;
        }();
        return check;
    }

    localdc::data_centre& dc(std::uint8_t choice) { return cluster_->dcs.general[choice & 64 ? 1 : 0]; }

    void install_keys(std::uint8_t choice) {
        const unix_time now = simulation_.time().unix_now();
        const localdc::salt_schedule salts(first_salt, fixed_secret, now);
        auto permanent = std::make_shared<localdc::key_state>(permanent_key(), salts);
        auto temporary = std::make_shared<localdc::key_state>(temporary_key(), salts);
        temporary->expires = now + 24h;
        if (choice & 4) permanent->layer = temporary->layer = layer;
        const std::int64_t user = cluster_->accounts.by_bot_token("1:token").id;
        if (choice & 8) permanent->login.user = user;
        if (choice & 16) temporary->bound_to = permanent;
        if (choice & 32) permanent->layer = 144;  // an older client
        dc(choice).keys = {{permanent_key()->id(), permanent}, {temporary_key()->id(), temporary}};

        const localdc::served_file* file = cluster_->files.messages().front().file;
        reference_ = cluster_->secret.file_reference(user, file->document_id);
        const auto tell = [&](fuzz::told what, std::int64_t value) {
            // In the order of the enumeration, for marks are counted.
            fuzz::require(static_cast<std::uint32_t>(what) == told_++, "the marks are in order");
            marks_.add(fuzz::mark::secret, value);
        };
        tell(fuzz::told::channel_hash, cluster_->secret.access_hash(user, localdc::channel_id));
        tell(fuzz::told::document_hash, cluster_->secret.access_hash(user, file->document_id));
        tell(fuzz::told::document_id, file->document_id);
        tell(fuzz::told::permanent_key_id, permanent_key()->id());
        tell(fuzz::told::temporary_key_id, temporary_key()->id());
        tell(fuzz::told::session_id, session_id_);
        tell(fuzz::told::user_id, user);
        tell(fuzz::told::user_hash, cluster_->secret.access_hash(user, user));
        tell(fuzz::told::salt, first_salt);
    }

    void pass(duration time) {
        const time_point until = simulation_.time().now() + time;
        io::virtual_timers& clock = simulation_.time();
        constexpr int most_waits = 100'000;
        for (int waits = 0; clock.anyone_waits() && clock.now() < until; ++waits) {
            fuzz::require(waits < most_waits, "time passes");
            clock.advance_to_next();
            simulation_.settle();
        }
        if (clock.now() < until) clock.advance_by(until - clock.now());
    }

    void write(byte_view data) {
        asio::co_spawn(simulation_.executor(), send(bytes::copy(data)), asio::detached);
        simulation_.settle();
    }
    io::awaitable<void> send(bytes data) {
        const std::array<byte_view, 1> parts{data.view()};
        const result<void> written = co_await mine_->write(parts);
        if (!written) co_return;
    }

    void write_packet(const wire::packet& packet, bool quick_ack) {
        const wire::frame around = writer_->wrap(packet.view(), quick_ack);
        std::vector<std::byte> all(around.header().begin(), around.header().end());
        all.insert(all.end(), packet.view().begin(), packet.view().end());
        all.insert(all.end(), around.trailer().begin(), around.trailer().end());
        write(all);
    }

    bytes filled(byte_view text) const {
        std::vector<std::byte> made(text.begin(), text.end());
        const byte_view wanted = as_bytes(fuzz::reference_mark);
        for (auto at = made.begin();;) {
            at = std::search(at, made.end(), wanted.begin(), wanted.end());
            if (at == made.end()) break;
            at = std::copy(reference_.begin(), reference_.end(), at);
        }
        return marks_.fill(made);
    }

    void plain(fuzz::input& from) {
        const bytes body = filled(from.piece());
        write_packet(wire::write_plain(ids_.next(simulation_.time().unix_now()), body), false);
    }

    void sealed(fuzz::input& from) {
        const std::uint8_t choice = from.u8();
        const auto& key = choice & 1 ? temporary_key() : permanent_key();
        const bool content = choice & 2;
        wire::message_header header;
        header.salt = choice & 4 ? static_cast<std::int64_t>(from.u64()) : first_salt;
        header.session_id = session_id_ + (choice & 8 ? from.u8() : 0);
        header.msg_id = ids_.next(simulation_.time().unix_now());
        if (choice & 16) header.msg_id = marks_.get(fuzz::mark::sent, from.u8());
        if (choice & 32)
            header.msg_id += static_cast<std::int64_t>(static_cast<std::int8_t>(from.u8())) << 30;
        header.seqno = 2 * contents_ + (content ? 1 : 0);
        contents_ += content ? 1 : 0;
        if (choice & 64) header.seqno = from.u8();
        const bytes body = filled(from.piece());
        marks_.add(fuzz::mark::sent, header.msg_id);
        write_packet(wire::seal(key, wire::role::client, header, body, random_).data, choice & 128);
    }

    io::awaitable<void> listen() {
        std::array<std::byte, 4096> room;
        for (;;) {
            const result<std::size_t> count = co_await mine_->read_some(room);
            if (!count || *count == 0) co_return;
            const byte_view data = byte_view(room).first(*count);
            const bool fed = reader_->feed(data).has_value();
            fuzz::require(fed || !framed_ || !honest_, "the server's frames are frames");
            while (std::optional<wire::packet> packet = reader_->next())
                look_into(std::move(*packet));
        }
    }

    void look_into(wire::packet packet) {
        if (!framed_ || wire::classify(packet).kind != wire::packet_kind::message) return;
        const std::int64_t id = wire::key_id_of(packet);
        if (id == 0) return;
        const auto& key = id == permanent_key()->id() ? permanent_key() : temporary_key();
        const auto opened = wire::open(std::move(packet), key, wire::role::client);
        fuzz::require(opened.has_value() || !honest_, "the server's packets open");
        if (!opened) return;
        fuzz::require(wire::is_server_msg_id(opened->header.msg_id), "a server's msg_id is odd");
        marks_.add(fuzz::mark::received, opened->header.msg_id);
        if (wire::constructor_of(opened->body) != wire::msg_container_id) return;
        const auto inside = wire::read_container(opened->body);
        fuzz::require(inside.has_value(), "the server's containers can be read");
        for (const wire::contained& each : *inside) {
            fuzz::require(each.msg_id < opened->header.msg_id, "a container's id exceeds its children's");
            marks_.add(fuzz::mark::received, each.msg_id);
        }
    }

    crypto::seeded_random random_{7};
    buffer_pool pool_;
    std::optional<wire::frame_writer> writer_;
    std::optional<wire::frame_reader> reader_;
    wire::client_msg_ids ids_;
    fuzz::marks marks_;
    bytes reference_;
    std::uint32_t told_ = 0;
    wire::framing kind_{};
    std::int32_t contents_ = 0;
    std::int64_t session_id_ = 0x1122334455667788;
    bool framed_ = true;
    bool honest_ = true;
    bool ended_ = false;
    io::simulation simulation_{random_};
    std::shared_ptr<localdc::cluster> cluster_;
    std::unique_ptr<io::stream> mine_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input from(data, size);
    world all(from);
    constexpr int most_steps = 64;
    for (int steps = 0; !from.empty() && steps < most_steps; ++steps)
        all.step(from);
    all.finish();
    return 0;
}
