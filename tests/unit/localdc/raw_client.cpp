// The tests' own client.
#include "raw_client.hpp"

#include "base/endian.hpp"
#include "crypto/aes_ige.hpp"
#include "crypto/dh.hpp"
#include "crypto/kdf.hpp"
#include "crypto/pq.hpp"
#include "crypto/sha.hpp"
#include "localdc/cdn.hpp"
#include "wire/container.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <fstream>
#include <unistd.h>

namespace mtproto::localdc::testing {

const server_key& test_key() {
    static const server_key key = load_server_key("").value();
    return key;
}

const server_key& test_cdn_key() {
    static const server_key key = load_server_key("").value();
    return key;
}

temporary_folder::temporary_folder() {
    static std::atomic<int> number = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("localdc-test-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
    std::filesystem::create_directories(path_);
}

temporary_folder::~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void temporary_folder::add(const std::string& name, byte_view data) const {
    std::ofstream file(path_ / name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
}

std::vector<std::byte> pattern(std::size_t size) {
    std::vector<std::byte> made(size);
    for (std::size_t i = 0; i < size; ++i)
        made[i] = static_cast<std::byte>((i * 2654435761u) >> 13);
    return made;
}

world::world(local_dc_options options)
    : log(options.log),
      cluster(options.cdn ? local_dc_access::make(simulation.make_environment(log), options, test_key(),
                                                  test_cdn_key())
                          : local_dc_access::make(simulation.make_environment(log), options, test_key())) {
    cluster.start();
}

io::endpoint world::where(int dc) const {
    if (dc == cdn_number) return {cluster.info().dcs.at(0).host, cluster.info().cdn_port};
    const auto& told = cluster.info().dcs.at(static_cast<std::size_t>(dc - 1));
    return {told.host, told.port};
}

raw_client::raw_client(world& in, int dc, wire::framing framing) : in_(in), dc_(dc), framing_(framing) {}

io::awaitable<void> raw_client::connect() {
    const io::endpoint where = in_.where(dc_);
    auto made = co_await in_.simulation.net().connect(where);
    REQUIRE(made.has_value());
    stream = std::move(*made);
    reader_.emplace(wire::role::client, framing_, pool_);
    writer_.emplace(wire::role::client, framing_, in_.random);
    ready_.clear();
}

io::awaitable<void> raw_client::write(const wire::packet& data, bool quick_ack) {
    wire::frame frame = writer_->wrap(data.view(), quick_ack);
    std::array<byte_view, 3> parts{frame.header(), data.view(), frame.trailer()};
    std::vector<std::byte> chosen(padding.value_or(0));
    if (padding) {
        in_.random.fill(chosen);
        const auto size = static_cast<std::uint32_t>(data.size) + *padding;
        store_le(frame.header().last(sizeof size).data(), size);
        parts[2] = chosen;
    }
    const auto written = co_await stream->write(parts);
    REQUIRE(written.has_value());
}

io::awaitable<std::optional<wire::packet>> raw_client::next_packet() {
    for (;;) {
        if (auto data = reader_->next()) co_return data;
        const byte_span room = reader_->prepare();
        const auto count = co_await stream->read_some(room);
        if (!count || *count == 0) co_return std::nullopt;
        if (!reader_->commit(*count)) co_return std::nullopt;
    }
}

io::awaitable<void> raw_client::send_plain(bytes body) {
    const wire::packet data = wire::write_plain(plain_ids_.next(in_.simulation.time().unix_now()), body);
    co_await write(data);
}

io::awaitable<bytes> raw_client::plain_call(bytes body) {
    co_await send_plain(std::move(body));
    const auto data = co_await next_packet();
    REQUIRE(data.has_value());
    REQUIRE(data->size >= 20);
    co_return wire::read_plain(*data).value().body;
}

io::awaitable<void> raw_client::make_key(std::optional<std::int32_t> expires_in) {
    if (!stream) co_await connect();
    tl::req_pq_multi first;
    in_.random.fill(first.nonce);
    const bytes first_body = tl::encode(first);
    const bytes first_answer = co_await plain_call(first_body);
    const auto pq = tl::decode<tl::resPQ>(first_answer).value();
    REQUIRE((pq.nonce == first.nonce));
    const auto factors = crypto::factorise(crypto::from_big_endian(pq.pq).value()).value();

    crypto::int256 new_nonce;
    in_.random.fill(new_nonce);
    bytes inner;
    const auto fill = [&](auto data) {
        data.pq = pq.pq;
        data.p = crypto::to_big_endian(factors.p);
        data.q = crypto::to_big_endian(factors.q);
        data.nonce = pq.nonce;
        data.server_nonce = pq.server_nonce;
        data.new_nonce = new_nonce;
        data.dc = dc_;
        if constexpr (requires { data.expires_in; }) data.expires_in = *expires_in;
        inner = tl::encode(data);
    };
    if (expires_in) {
        fill(tl::p_q_inner_data_temp_dc{});
    } else {
        fill(tl::p_q_inner_data_dc{});
    }
    const server_key& proof = dc_ == cdn_number ? test_cdn_key() : test_key();
    const crypto::rsa_public_key& rsa = proof.key.public_key();
    tl::req_DH_params second;
    second.nonce = pq.nonce;
    second.server_nonce = pq.server_nonce;
    second.p = crypto::to_big_endian(factors.p);
    second.q = crypto::to_big_endian(factors.q);
    second.public_key_fingerprint = rsa.fingerprint();
    second.encrypted_data = bytes::copy(rsa.encrypt(inner, in_.random).value());
    const bytes second_body = tl::encode(second);
    const bytes second_answer = co_await plain_call(second_body);
    const auto parameters = tl::decode<tl::server_DH_params_ok>(second_answer).value();
    const crypto::ige_key cipher = crypto::handshake_cipher(new_nonce, pq.server_nonce);
    std::vector<std::byte> text(parameters.encrypted_answer.begin(), parameters.encrypted_answer.end());
    crypto::aes_ige_decrypt(text, text, cipher);
    const bytes after = bytes::copy(byte_view(text).subspan(20));
    const auto dh = tl::decode_prefix<tl::server_DH_inner_data>(after).value();
    REQUIRE(
        crypto::constant_time_equal(crypto::sha1(after.view().first(dh.size)), byte_view(text).first(20)));

    const auto prime = crypto::to_dh_number(dh.value.dh_prime).value();
    const auto ours = crypto::generate_dh(dh.value.g, prime, in_.random).value();
    std::int64_t retry_id = 0;
    for (;;) {
        tl::client_DH_inner_data answer;
        answer.nonce = pq.nonce;
        answer.server_nonce = pq.server_nonce;
        answer.retry_id = retry_id;
        answer.g_b = bytes::copy(ours.value);
        const bytes plain = tl::encode(answer);
        std::vector<std::byte> sealed(20 + plain.size());
        const auto digest = crypto::sha1(plain);
        std::copy(digest.begin(), digest.end(), sealed.begin());
        std::copy(plain.begin(), plain.end(), sealed.begin() + 20);
        sealed.resize((sealed.size() + 15) / 16 * 16);
        crypto::aes_ige_encrypt(sealed, sealed, cipher);
        tl::set_client_DH_params third;
        third.nonce = pq.nonce;
        third.server_nonce = pq.server_nonce;
        third.encrypted_data = bytes::copy(sealed);
        const bytes third_body = tl::encode(third);
        const bytes third_answer = co_await plain_call(third_body);
        const auto secret = crypto::dh_shared(dh.value.g_a, ours.exponent, prime).value();
        key = std::make_shared<const crypto::auth_key>(secret.span());
        if (const auto retry = tl::decode<tl::dh_gen_retry>(third_answer)) {
            REQUIRE((retry->new_nonce_hash2 == crypto::new_nonce_hash(new_nonce, 2, *key)));
            retry_id = key->aux_hash();
            continue;
        }
        const auto ok = tl::decode<tl::dh_gen_ok>(third_answer).value();
        REQUIRE((ok.new_nonce_hash1 == crypto::new_nonce_hash(new_nonce, 1, *key)));
        break;
    }
    salt = crypto::first_salt(new_nonce, pq.server_nonce);
}

io::awaitable<void> raw_client::send_numbered(bytes body, std::int64_t msg_id, std::int32_t seqno) {
    const wire::message_header header{salt, session_id, msg_id, seqno};
    const wire::sealed made = wire::seal(key, wire::role::client, header, body, in_.random);
    co_await write(made.data);
}

io::awaitable<std::int64_t> raw_client::send(bytes body, bool content) {
    const std::int64_t msg_id = new_msg_id();
    const std::int32_t seqno = next_seqno(content);
    co_await send_numbered(std::move(body), msg_id, seqno);
    co_return msg_id;
}

io::awaitable<std::uint32_t> raw_client::send_for_quick_ack(bytes body) {
    const wire::message_header header{salt, session_id, new_msg_id(), next_seqno(true)};
    const wire::sealed made = wire::seal(key, wire::role::client, header, body, in_.random);
    co_await write(made.data, true);
    co_return made.quick_ack_token;
}

io::awaitable<received> raw_client::next() {
    while (ready_.empty()) {
        auto data = co_await next_packet();
        REQUIRE(data.has_value());
        REQUIRE(data->size >= 20);
        const wire::opened opened = wire::open(std::move(*data), key, wire::role::client).value();
        REQUIRE(opened.header.session_id == session_id);
        REQUIRE(wire::is_server_msg_id(opened.header.msg_id));
        if (wire::constructor_of(opened.body) != wire::msg_container_id) {
            ready_.push_back({opened.header.msg_id, opened.header.seqno, opened.body});
            continue;
        }
        const auto inside = wire::read_container(opened.body).value();
        for (const wire::contained& each : inside) {
            REQUIRE(each.msg_id < opened.header.msg_id);
            ready_.push_back({each.msg_id, each.seqno, each.body});
        }
    }
    received first = std::move(ready_.front());
    ready_.pop_front();
    co_return first;
}

io::awaitable<bytes> raw_client::next_of(std::uint32_t id) {
    for (;;) {
        const received message = co_await next();
        if (wire::constructor_of(message.body) == id) co_return message.body;
    }
}

io::awaitable<bytes> raw_client::answer_to(std::int64_t msg_id) {
    for (;;) {
        const bytes body = co_await next_of(wire::rpc_result_id);
        const auto answer = wire::read_rpc_result(body).value();
        if (answer.req_msg_id == msg_id) co_return wire::unpack_gzip(answer.body).value();
    }
}

io::awaitable<bytes> raw_client::call(bytes query) {
    const std::int64_t msg_id = co_await send(std::move(query));
    co_return co_await answer_to(msg_id);
}

io::awaitable<std::string> raw_client::error_of(bytes query) {
    const bytes body = co_await call(std::move(query));
    const auto why = tl::decode<tl::rpc_error>(body);
    if (!why) co_return std::string();
    co_return std::to_string(why->error_code) + " " + why->error_message;
}

io::awaitable<void> raw_client::sign_in() {
    co_await make_key();
    tl::auth::importBotAuthorization query;
    query.api_id = 1;
    query.bot_auth_token = "4242:token";
    const bytes wrapped = with_layer(tl::encode(query));
    const bytes body = co_await call(wrapped);
    const auto made = tl::decode<tl::auth::authorization>(body).value();
    user = made.user.as<tl::user>()->id;
}

io::awaitable<void> raw_client::sign_in_as_user(std::string phone) {
    co_await make_key();
    const std::string hash = co_await send_code(phone);
    const std::string refused = co_await sign_in_with(phone, hash, "12345");
    REQUIRE(refused.empty());
}

io::awaitable<std::string> raw_client::send_code(std::string phone) {
    tl::auth::sendCode ask;
    ask.phone_number = std::move(phone);
    ask.api_id = 1;
    ask.settings = tl::codeSettings{};
    const bytes query = with_layer(tl::encode(ask));
    const bytes body = co_await call(query);
    co_return tl::decode<tl::auth::sentCode>(body).value().phone_code_hash;
}

io::awaitable<std::string> raw_client::sign_in_with(std::string phone, std::string hash, std::string code) {
    tl::auth::signIn enter;
    enter.phone_number = std::move(phone);
    enter.phone_code_hash = std::move(hash);
    enter.phone_code = std::move(code);
    const bytes query = tl::encode(enter);
    co_return co_await error_of(query);
}

bytes with_layer(bytes query, int layer, std::string device) {
    tl::initConnection init;
    init.api_id = 1;
    init.device_model = std::move(device);
    init.query = tl::raw{std::move(query)};
    tl::invokeWithLayer wrapped;
    wrapped.layer = layer;
    wrapped.query = tl::raw{tl::encode(init)};
    return tl::encode(wrapped);
}

}  // namespace mtproto::localdc::testing
