// Writes the seeds that are not text: make_seeds FOLDER. They speak the targets' own small languages
// (fuzz.hpp, and step() of each), so that libFuzzer begins with what a peer would say.
#include "base/endian.hpp"
#include "client/sealed_session.hpp"
#include "crypto/seeded_random.hpp"
#include "fuzz.hpp"
#include "local_dc_marks.hpp"
#include "marks.hpp"
#include "tl/gzip.hpp"
#include "wire/container.hpp"
#include "wire/fake_tls.hpp"
#include "wire/tls_records.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

using namespace mtproto;
namespace fs = std::filesystem;

namespace {

fs::path root;

// The counterpart of fuzz::input.
class seed {
  public:
    seed& u8(unsigned value) { return number(value, 1); }
    seed& u16(unsigned value) { return number(value, 2); }
    seed& u32(std::uint64_t value) { return number(value, 4); }
    seed& u64(std::uint64_t value) { return number(value, 8); }
    seed& raw(byte_view data) {
        text_.insert(text_.end(), data.begin(), data.end());
        return *this;
    }
    seed& piece(byte_view data) { return u16(static_cast<unsigned>(data.size())).raw(data); }

    void save(const std::string& target, const std::string& name) const {
        fs::create_directories(root / target);
        std::ofstream file(root / target / name, std::ios::binary);
        file.write(reinterpret_cast<const char*>(text_.data()), static_cast<std::streamsize>(text_.size()));
        if (!file) throw std::runtime_error("cannot write " + (root / target / name).string());
    }

  private:
    seed& number(std::uint64_t value, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i)
            text_.push_back(static_cast<std::byte>(value >> 8 * i));
        return *this;
    }
    std::vector<std::byte> text_;
};

std::int64_t sent(std::uint32_t which) {
    return fuzz::marked(fuzz::mark::sent, which);
}
std::int64_t told(fuzz::told what) {
    return fuzz::marked(fuzz::mark::secret, static_cast<std::uint32_t>(what));
}

// Everything that a server says to a session, by name.
std::vector<std::pair<std::string, bytes>> said_to_a_session() {
    std::vector<std::pair<std::string, bytes>> all;
    const auto add = [&](const std::string& name, const auto& value) {
        all.emplace_back(name, tl::encode(value));
    };
    const auto bad_msg = [&](const std::string& name, std::int32_t code) {
        tl::bad_msg_notification made{};
        made.bad_msg_id = sent(1);
        made.bad_msg_seqno = 1;
        made.error_code = code;
        add(name, made);
    };
    for (const std::int32_t code : {16, 17, 18, 20, 32, 35, 64})
        bad_msg("bad-msg-" + std::to_string(code), code);
    tl::bad_server_salt salt{};
    salt.bad_msg_id = sent(1);
    salt.error_code = 48;
    salt.new_server_salt = 0x2222;
    add("bad-server-salt", salt);
    tl::new_session_created created{};
    created.first_msg_id = sent(1);
    created.unique_id = 5;
    created.server_salt = 0x3333;
    add("new-session", created);
    tl::msgs_ack ack{};
    ack.msg_ids = {sent(0), sent(1)};
    add("ack", ack);
    tl::pong pong{};
    pong.msg_id = sent(0);
    pong.ping_id = fuzz::marked(fuzz::mark::ping, 0);
    add("pong", pong);
    tl::msgs_state_info info{};
    info.req_msg_id = sent(2);
    info.info = bytes::copy("\1\4");
    add("state-info", info);
    tl::msgs_all_info all_info{};
    all_info.msg_ids = {sent(0), sent(1)};
    all_info.info = bytes::copy("\1\4");
    add("all-info", all_info);
    tl::msgs_state_req ask{};
    ask.msg_ids = {sent(1), fuzz::marked(fuzz::mark::received, 0)};
    add("state-req", ask);
    tl::msg_resend_req resend{};
    resend.msg_ids = {sent(1)};
    add("resend-req", resend);
    tl::msg_detailed_info detailed{};
    detailed.msg_id = sent(1);
    detailed.answer_msg_id = fuzz::marked(fuzz::mark::received, 7);
    add("detailed-info", detailed);
    tl::msg_new_detailed_info newer{};
    newer.answer_msg_id = 0x6553f10000000401;
    add("new-detailed-info", newer);
    tl::future_salts salts{};
    salts.req_msg_id = sent(1);
    salts.now = 1'700'000'000;
    tl::future_salt one{};
    one.valid_since = 1'700'000'000;
    one.valid_until = 1'700'003'600;
    one.salt = 0x4444;
    salts.salts.push_back(one);
    add("future-salts", salts);
    tl::rpc_error wrong{};
    wrong.error_code = 420;
    wrong.error_message = "FLOOD_WAIT_3";
    all.emplace_back("rpc-error", wire::write_rpc_result(sent(1), tl::encode(wrong)));
    const bytes plain = tl::encode(tl::config{});
    all.emplace_back("rpc-result", wire::write_rpc_result(sent(1), plain));
    all.emplace_back("rpc-gzip", wire::write_rpc_result(sent(1), wire::pack_gzip(plain).value_or(plain)));
    all.emplace_back("update", tl::encode(tl::updatesTooLong{}));
    return all;
}

void session_seeds() {
    const auto all = said_to_a_session();
    // Line, request, request, then the message, then time; steps as in session.cpp.
    const auto begin = [] { return seed().u8(7).u8(2).u8(1).u8(3).u8(2).u8(0).u8(4); };
    std::vector<wire::contained> together;
    for (const auto& [name, body] : all) {
        begin().u8(0).u8(34).piece(body).u8(4).u16(20).u8(6).u8(7).u8(4).u16(40).save("session", name);
        if (together.size() < 6 && body.size() < 100)
            together.push_back({fuzz::marked(fuzz::mark::received, 0) + 1, 1, body});
    }
    const bytes container = wire::write_container(together);
    begin().u8(0).u8(0).piece(container).u8(4).u16(60).save("session", "container");
    seed().raw(container).save("container_and_gzip", "container");
}

void wrapper_seeds() {
    const std::string text(600, 'a');
    const bytes packed = tl::gzip(as_bytes(text));
    std::vector<std::byte> boxed(4);
    store_le(boxed.data(), wire::gzip_packed_id);
    tl::writer size;
    size.string(packed.view());
    boxed.resize(4 + size.size());
    tl::writer(byte_span(boxed).subspan(4)).string(packed.view());
    seed().raw(boxed).save("container_and_gzip", "gzip");
    seed().raw(packed).save("container_and_gzip", "bare-gzip");
    seed().raw(wire::write_rpc_result(7, boxed)).save("container_and_gzip", "result");
    seed().raw(as_bytes(text)).save("container_and_gzip", "plain");
}

void packet_seeds() {
    const std::string text(64, 'x');
    seed().u8(0).raw(as_bytes(text)).save("encrypted_packet", "anything");
    const auto sealed = [&] { return seed().u8(1).u8(9).u64(1).u64(2).u64(4).u32(1).piece(as_bytes(text)); };
    sealed().save("encrypted_packet", "sealed");
    sealed().u8(0).u8(0).u16(30).u8(1).save("encrypted_packet", "changed");
    sealed().u8(16).u8(0).save("encrypted_packet", "longer");
    sealed().u8(0).u8(16).save("encrypted_packet", "shorter");
    seed()
        .u8(6)
        .u64(1)
        .u64(2)
        .u64(4)
        .u32(1)
        .u32(16)
        .raw(as_bytes(text).first(16 + 16))
        .save("encrypted_packet", "authentic");
}

void framing_seeds() {
    const std::string text(300, 'y');
    for (unsigned kind = 0; kind < 4; ++kind)
        for (const unsigned role : {0u, 4u})
            seed()
                .u8(kind | role | 8 | 2 << 5)
                .u8(3)
                .u8(200)
                .u8(0)
                .piece(as_bytes(text))
                .u8(1)
                .piece(as_bytes(text).first(40))
                .save("framing", "written-" + std::to_string(kind | role));
    const auto stream = [](unsigned choice) { return seed().u8(choice | 1 << 5).u8(5); };
    stream(0)
        .u8(6)
        .raw(as_bytes(text).first(24))
        .u8(0x7f)
        .u8(64)
        .u16(0)
        .raw(as_bytes(text).first(256))
        .save("framing", "abridged");
    stream(1).u32(24).raw(as_bytes(text).first(24)).u32(0x80000001).save("framing", "intermediate");
    stream(2).u32(27).raw(as_bytes(text).first(27)).u32(4).u32(0xfffffe6c).save("framing", "padded");
    stream(20).u32(0xeeeeeeee).u32(24).raw(as_bytes(text).first(24)).save("framing", "detected");
    stream(20).u8(0xef).u8(6).raw(as_bytes(text).first(24)).save("framing", "detected-abridged");
    stream(3).u32(16).u32(0).u32(0xfffffe6c).u32(0).save("framing", "full");
}

void handshake_seeds() {
    // Each answer as it should be; then one thing in each that is not.
    seed().u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).save("handshake", "good");
    seed().u8(1).u32(86400).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0).save("handshake", "temporary");
    seed().u8(0).u8(0).u8(0).u8(0).u8(0).u8(1).u8(0).u8(1).u8(0).u8(0).u8(0).save("handshake", "retry");
    seed().u8(0).u8(0).u8(0).u8(0).u8(0).u8(2).u8(0).save("handshake", "fail");
    seed().u8(0).u8(1).u64(21).u8(0).save("handshake", "other-pq");
    seed().u8(0).u8(0).u8(1).u16(8).u8(1).save("handshake", "changed-nonce");
    seed().u8(0).u8(0).u8(0).u8(4).piece(as_bytes("\1")).u8(0).save("handshake", "small-g-a");
    seed().u8(0).u8(0).u8(0).u8(2).piece(as_bytes("\7")).u8(0).save("handshake", "small-prime");
    seed().u8(0).u8(0).u8(0).u8(17).u32(2).u8(16).u16(9).u8(0).save("handshake", "cut-inner");
    seed().u8(0).u8(0).u8(255).piece(as_bytes("nothing of the kind")).save("handshake", "other");
    seed().u8(2).u8(0).u8(0).piece(as_bytes("no envelope")).save("handshake", "no-envelope");

    // Steps as in key_exchange.cpp: 0 req_pq, 1 req_DH_params, 2 set_client_DH_params.
    const auto begin = [](unsigned choice) { return seed().u8(choice).u8(0).u8(0); };
    const auto until_dh = [&](unsigned choice) { return begin(choice).u8(1).u8(0).u8(0).u8(0).u8(0).u8(0); };
    until_dh(0).u8(2).u8(0).u8(0).u8(0).u8(0).u8(0).save("key_exchange", "good");
    until_dh(1).u8(2).u8(0).u8(0).u8(0).u8(0).u8(0).save("key_exchange", "retry");
    begin(0).u8(1).u8(0).u8(1).u32(86400).u8(0).u8(0).u8(0).u8(2).save("key_exchange", "temporary");
    begin(0).u8(1).u8(0).u8(0).u8(0).u8(1).u8(0).u8(2).save("key_exchange", "old-padding");
    begin(0).u8(1).u8(1).u32(0x80000000).u8(0).u8(0).u8(0).u8(0).save("key_exchange", "extreme-dc");
    until_dh(0).u8(2).u8(0).u8(1).piece(as_bytes("\1")).u8(0).u8(0).u8(0).save("key_exchange", "small-g-b");
    seed().u8(0).u8(3).piece(as_bytes("nothing of the kind")).save("key_exchange", "other");
}

// One query in a sealed message, as the signed-in client of a cluster that knows it.
void query_seed(const std::string& name, const bytes& body, unsigned world = 4 | 8, unsigned more = 0) {
    seed().u8(1 | world).u8(more).u8(4).u8(2).piece(body).u8(2).u16(500).save("local_dc", name);
}

void local_dc_seeds() {
    const auto the_channel = [] {
        tl::inputChannel made{};
        made.channel_id = 1'500'000'001;
        made.access_hash = told(fuzz::told::channel_hash);
        return made;
    };
    tl::upload::getFile get{};
    tl::inputDocumentFileLocation where{};
    where.id = told(fuzz::told::document_id);
    where.access_hash = told(fuzz::told::document_hash);
    where.file_reference = bytes::copy(fuzz::reference_mark);
    get.limit = 4096;
    get.location = std::move(where);
    const bytes get_file = tl::encode(get);
    query_seed("getFile", get_file);
    query_seed("getFile-long-part", get_file, 12, 16 | 2);
    query_seed("getFile-wrong-bytes", get_file, 12, 16 | 3);
    query_seed("getFile-slow", get_file, 12, 32 | 64);
    tl::upload::getFileHashes hashes{};
    tl::inputDocumentFileLocation same{};
    same.id = told(fuzz::told::document_id);
    same.access_hash = told(fuzz::told::document_hash);
    same.file_reference = bytes::copy(fuzz::reference_mark);
    hashes.location = std::move(same);
    query_seed("getFileHashes", tl::encode(hashes));

    tl::channels::getMessages messages{};
    messages.channel = the_channel();
    tl::inputMessageID id{};
    id.id = 2;
    messages.id.emplace_back(id);
    query_seed("channels.getMessages", tl::encode(messages));
    query_seed("channels.getMessages-144", tl::encode(messages), 4 | 8 | 32);
    tl::messages::getHistory history{};
    tl::inputPeerChannel peer{};
    peer.channel_id = 1'500'000'001;
    peer.access_hash = told(fuzz::told::channel_hash);
    history.peer = peer;
    history.limit = 10;
    query_seed("getHistory", tl::encode(history));
    query_seed("getHistory-144", tl::encode(history), 4 | 8 | 32);
    tl::messages::getDialogs dialogs{};
    dialogs.offset_peer = tl::inputPeerEmpty{};
    query_seed("getDialogs", tl::encode(dialogs));
    tl::contacts::resolveUsername resolve{};
    resolve.username = "demo";
    query_seed("resolveUsername", tl::encode(resolve));
    tl::users::getUsers users{};
    users.id.emplace_back(tl::inputUserSelf{});
    query_seed("getUsers", tl::encode(users));
    query_seed("getPassword", tl::encode(tl::account::getPassword{}), 12, 128);
    tl::auth::checkPassword check{};
    tl::inputCheckPasswordSRP proof{};
    proof.srp_id = 1;
    proof.A = bytes::copy(std::string(256, 'A'));
    proof.M1 = bytes::copy(std::string(32, 'M'));
    check.password = std::move(proof);
    query_seed("checkPassword", tl::encode(check), 12, 128);
    query_seed("getConfig", tl::encode(tl::help::getConfig{}));
    query_seed("getConfig-transport-error", tl::encode(tl::help::getConfig{}), 12, 16 | 9);
    query_seed("getConfig-wrong-length", tl::encode(tl::help::getConfig{}), 12, 16 | 11);
    tl::auth::exportAuthorization out{};
    out.dc_id = 3;
    query_seed("exportAuthorization", tl::encode(out));
    tl::auth::sendCode code{};
    code.phone_number = "+9996621234";
    code.api_id = 1;
    code.settings = {};
    query_seed("sendCode", tl::encode(code), 4);
    tl::auth::bindTempAuthKey bind{};
    bind.perm_auth_key_id = told(fuzz::told::permanent_key_id);
    bind.expires_at = 1'750'001'000;
    bind.encrypted_message = bytes::copy(std::string(104, 'e'));
    seed().u8(1).u8(0).u8(4).u8(3).piece(tl::encode(bind)).save("local_dc", "bindTempAuthKey");
    query_seed("logOut", tl::encode(tl::auth::logOut{}));

    tl::initConnection init{};
    init.api_id = 1;
    init.query = tl::raw{tl::encode(tl::help::getConfig{})};
    tl::invokeWithLayer wrapped{};
    wrapped.layer = tl::api_layer;
    wrapped.query = tl::raw{tl::encode(init)};
    query_seed("invokeWithLayer", tl::encode(wrapped), 0);
    tl::invokeAfterMsg after{};
    after.msg_id = sent(0);
    after.query = tl::raw{get_file};
    query_seed("invokeAfterMsg", tl::encode(after));
    query_seed("gzip", wire::pack_gzip(tl::encode(messages)).value_or(get_file));

    const std::int64_t old = sent(0);
    tl::msgs_ack ack{};
    ack.msg_ids = {fuzz::marked(fuzz::mark::received, 0)};
    tl::msgs_state_req state{};
    state.msg_ids = {old};
    tl::msg_resend_req resend{};
    resend.msg_ids = {fuzz::marked(fuzz::mark::received, 1), fuzz::marked(fuzz::mark::received, 1)};
    tl::rpc_drop_answer drop{};
    drop.req_msg_id = old;
    tl::ping_delay_disconnect ping{};
    ping.disconnect_delay = 60;
    tl::get_future_salts salts{};
    salts.num = 3;
    tl::destroy_session destroy{};
    destroy.session_id = told(fuzz::told::session_id);
    const std::vector<std::pair<std::string, bytes>> services = {
        {"ack", tl::encode(ack)},
        {"state-req", tl::encode(state)},
        {"resend", tl::encode(resend)},
        {"drop", tl::encode(drop)},
        {"ping-delay", tl::encode(ping)},
        {"future-salts", tl::encode(salts)},
        {"destroy-session", tl::encode(destroy)},
        {"destroy-key", tl::encode(tl::destroy_auth_key{})},
    };
    for (const auto& [name, body] : services)
        seed().u8(1 | 12).u8(0).u8(4).u8(2).piece(get_file).u8(4).u8(0).piece(body).u8(3).u16(70).save(
            "local_dc", name);
    const std::vector<wire::contained> inside = {{sent(0) + 4, 1, services[4].second},
                                                 {sent(0) + 8, 3, get_file}};
    seed()
        .u8(13)
        .u8(0)
        .u8(4)
        .u8(2)
        .piece(get_file)
        .u8(4)
        .u8(0)
        .piece(wire::write_container(inside))
        .save("local_dc", "container");

    tl::req_pq_multi pq{};
    seed().u8(2).u8(0).u8(1).piece(tl::encode(pq)).save("local_dc", "req_pq");
    seed()
        .u8(0)
        .u8(0)
        .u8(0)
        .piece(as_bytes("\xef\x05nonsense that is framed"))
        .save("local_dc", "framed-nonsense");
    seed().u8(0).u8(0).u8(0).piece(as_bytes("GET / HTTP/1.1\r\n\r\n")).save("local_dc", "http");
}

void tl_seeds() {
    seed().raw(tl::encode(tl::config{})).save("tl_reader", "config");
    tl::message message{};
    message.peer_id = tl::peerChannel{};
    tl::messageMediaDocument media{};
    tl::document document{};
    document.attributes.emplace_back(tl::documentAttributeVideo{});
    media.document = std::move(document);
    message.media = std::move(media);
    seed().raw(tl::encode(message)).save("tl_reader", "message");
    tl::upload::file file{};
    file.type = tl::storage::fileMp4{};
    file.bytes = bytes::copy("bytes");
    seed().raw(tl::encode(file)).save("tl_reader", "file");
    tl::resPQ pq{};
    pq.server_public_key_fingerprints = {1, 2};
    seed().raw(tl::encode(pq)).save("tl_reader", "resPQ");
    for (const auto& [name, body] : said_to_a_session())
        if (body.size() < 60) seed().raw(body).save("tl_reader", name);
    // Objects inside objects without an end.
    constexpr std::uint32_t json_array = 0xf7444763;
    constexpr int deep = 40;
    std::vector<std::byte> nested(deep * 12);
    tl::writer out{byte_span(nested)};
    for (int i = 0; i < deep; ++i) {
        out.u32(json_array);
        out.vector(1);
    }
    seed().raw(nested).save("tl_reader", "nested");
}

void session_file_seeds() {
    stored_session session;
    session.home_dc = 2;
    session.user_id = 5;
    session.dcs[2].auth_key.resize(256, std::byte{1});
    session.dcs[4].auth_key.resize(256, std::byte{2});
    session.dcs[4].authorized = true;
    const core::secret_buffer whole = core::encode_session(session);
    seed().raw(whole.view()).save("session_file", "file");
    // Without its frame, which the target puts around everything.
    seed().raw(whole.view().subspan(12, whole.view().size() - 12 - 32)).save("session_file", "contents");
    seed().raw(core::encode_session({}).view()).save("session_file", "empty");
    core::seal_terms terms;
    terms.log2_n = core::seal_terms::least_log2_n;
    crypto::seeded_random random(1);
    const core::secret_buffer sealed =
        core::session_seal::derive(as_bytes("x"), terms).value().seal(session, random);
    seed().raw(sealed.view()).save("session_file", "sealed");
    seed().raw(core::unframe_session(sealed.view())->payload).save("session_file", "sealed-contents");
}

// step 0 to 4 of the target: reply, hello, a hello that proves the secret, records, round trip
void fake_tls_seeds() {
    const auto secret =
        wire::parse_proxy_secret("ee000102030405060708090a0b0c0d0e0f6578616d706c652e6f7267").value();
    crypto::seeded_random random(1);
    const wire::client_hello hello =
        wire::make_client_hello(secret, std::chrono::seconds(1'750'000'000), random);
    seed().u8(0).u8(1).u16(0).u8(0).save("fake_tls", "reply");
    seed().u8(0).u8(1).u16(50).u8(1).save("fake_tls", "reply-changed");
    seed()
        .u8(0)
        .u8(0)
        .raw(as_bytes(std::string_view("\x16\x03\x03\0\x02\0\0", 7)))
        .save("fake_tls", "reply-short");
    seed().u8(1).u8(1).u8(1).u8(0).save("fake_tls", "hello");
    seed().u8(1).u8(1).u8(1).u8(1).u16(40).u8(4).save("fake_tls", "hello-changed");
    seed().u8(1).u8(1).u8(0).raw(hello.record).save("fake_tls", "hello-given");
    seed().u8(2).raw(byte_view(hello.record).subspan(76)).save("fake_tls", "hello-proven");
    const std::vector<std::byte> some(5000, std::byte{7});
    const std::array<byte_view, 1> parts{some};
    for (const wire::role self : {wire::role::client, wire::role::server}) {
        wire::tls_record_writer writer(self == wire::role::client ? wire::role::server : wire::role::client);
        seed made;
        made.u8(3).u8(self == wire::role::server).u8(2).u8(99).u8(7);
        for (const byte_view out : writer.wrap(parts))
            made.raw(out);
        made.save("fake_tls", self == wire::role::server ? "records-to-server" : "records-to-client");
    }
    seed()
        .u8(4)
        .u8(1)
        .u8(1)
        .u8(200)
        .piece(some)
        .piece(byte_view(some).first(3))
        .piece({})
        .save("fake_tls", "round-trip");
}

// choice, sizes of reads, what is changed, what follows
void greeting_seeds() {
    const char* const names[] = {"plain-secret", "padded-secret", "fake-tls", "no-proxy"};
    for (unsigned which = 0; which < 4; ++which) {
        const std::string name = names[which];
        seed().u8(which | 4).u8(0).save("greeting", name);
        seed().u8(which | 4).u8(1).u8(0).raw(as_bytes("more")).save("greeting", name + "-byte-by-byte");
        seed().u8(which | 4 | 8).u8(0).u16(30).u8(1).save("greeting", name + "-changed");
    }
    seed()
        .u8(3)
        .u8(0)
        .raw(as_bytes("\xef\x01"
                      "abcd"))
        .save("greeting", "abridged");
    seed().u8(3).u8(0).raw(as_bytes("GET / HTTP/1.1\r\n\r\n")).save("greeting", "http");
    seed().u8(2).u8(0).raw(as_bytes(std::string_view("\x16\x03\x01\x02\0", 5))).save("greeting", "hello-cut");
}

}  // namespace

int main(int count, char** values) {
    if (count != 2) {
        std::cerr << "usage: " << values[0] << " FOLDER\n";
        return 2;
    }
    root = values[1];
    session_seeds();
    wrapper_seeds();
    packet_seeds();
    framing_seeds();
    handshake_seeds();
    local_dc_seeds();
    tl_seeds();
    session_file_seeds();
    fake_tls_seeds();
    greeting_seeds();
}
