// The three steps of the exchange.
#include "localdc/key_exchange.hpp"

#include "base/endian.hpp"
#include "crypto/aes_ige.hpp"
#include "crypto/pq.hpp"
#include "crypto/sha.hpp"
#include "localdc/pq_challenge.hpp"
#include "localdc/pq_inner.hpp"
#include "wire/container.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace mtproto::localdc {
namespace {

using traffic::fault_kind;

// An older spelling of req_pq_multi with the same field, which some clients still send.
constexpr std::uint32_t req_pq_id = 0x60469778;
// The DC's number in the inner data: +10000 for the test environment, negative for media (protocol 1.7, 2.4).
constexpr int test_dc_offset = 10000;

bool strikes(const traffic::fault* fault, fault_kind kind) {
    return fault && fault->kind == kind;
}

// The nonce outside its secret, for as long as functions want it so; wiped whichever way they end.
struct open_nonce {
    explicit open_nonce(const crypto::secret<32>& from) {
        std::copy_n(from.data(), value.size(), value.begin());
    }
    ~open_nonce() { crypto::wipe(value); }
    open_nonce(const open_nonce&) = delete;
    open_nonce& operator=(const open_nonce&) = delete;

    crypto::int256 value;
};

// The object at the beginning of a message. Clients put random bytes behind it (protocol 2.1): TDLib does.
template <class M>
std::optional<M> read_front(const bytes& body) {
    auto read = tl::decode_prefix<M>(body);
    if (!read) return std::nullopt;
    return std::move(read->value);
}

// The digest of a value, the value, and random bytes up to a whole block.
std::vector<std::byte> with_digest(const bytes& value, random_source& random) {
    const crypto::sha1_digest digest = crypto::sha1(value);
    const std::size_t used = digest.size() + value.size();
    std::vector<std::byte> made((used + crypto::aes_block_size - 1) / crypto::aes_block_size *
                                crypto::aes_block_size);
    const auto end = std::copy(digest.begin(), digest.end(), made.begin());
    std::copy(value.begin(), value.end(), end);
    random.fill(byte_span(made).subspan(used));
    return made;
}

}  // namespace

std::string_view key_exchange::name_of(const bytes& body) noexcept {
    switch (wire::constructor_of(body)) {
        case req_pq_id:
        case tl::req_pq_multi::tl_id:
            return "req_pq_multi";
        case tl::req_DH_params::tl_id:
            return "req_DH_params";
        case tl::set_client_DH_params::tl_id:
            return "set_client_DH_params";
        default:
            return "";
    }
}

key_exchange::step key_exchange::handle(const bytes& body, unix_time now, const traffic::fault* fault) {
    std::optional<step> done;
    switch (wire::constructor_of(body)) {
        case req_pq_id:
        case tl::req_pq_multi::tl_id:
            if (state_ != state::broken)
                if (auto answer = begin(body, fault)) done = step{std::move(*answer), {}};
            break;
        case tl::req_DH_params::tl_id:
            if (state_ == state::pq_sent)
                if (auto answer = request_dh(body, now, fault)) done = step{std::move(*answer), {}};
            break;
        case tl::set_client_DH_params::tl_id:
            if (state_ == state::dh_sent) done = agree(body, fault);
            break;
        default:
            break;
    }
    if (done) return std::move(*done);
    state_ = state::broken;
    return {};
}

std::optional<bytes> key_exchange::begin(const bytes& body, const traffic::fault* fault) {
    tl::reader in(body);
    in.u32();
    nonce_ = in.i128();
    if (!in.ok()) return std::nullopt;
    rules_.random->fill(server_nonce_);
    const pq_challenge challenge = make_pq(*rules_.random);
    pq_ = challenge.product();
    p_ = challenge.p;
    q_ = challenge.q;
    retry_id_ = 0;
    state_ = state::pq_sent;

    tl::resPQ answer;
    answer.nonce = nonce_;
    answer.server_nonce = server_nonce_;
    answer.pq = crypto::to_big_endian(pq_);
    answer.server_public_key_fingerprints = {rules_.rsa->public_key().fingerprint()};
    if (strikes(fault, fault_kind::wrong_nonce)) answer.nonce[0] ^= std::byte{1};
    if (strikes(fault, fault_kind::wrong_fingerprint)) answer.server_public_key_fingerprints[0] ^= 1;
    return tl::encode(answer);
}

std::optional<bytes> key_exchange::request_dh(const bytes& body, unix_time now, const traffic::fault* fault) {
    const auto query = read_front<tl::req_DH_params>(body);
    if (!query || query->nonce != nonce_ || query->server_nonce != server_nonce_) return std::nullopt;
    if (query->public_key_fingerprint != rules_.rsa->public_key().fingerprint()) return std::nullopt;
    const auto p = crypto::from_big_endian(query->p);
    const auto q = crypto::from_big_endian(query->q);
    if (!p || !q || *p != p_ || *q != q_) return std::nullopt;

    const auto inner = open_pq_inner(*rules_.rsa, query->encrypted_data);
    if (!inner || inner->nonce != nonce_ || inner->server_nonce != server_nonce_) return std::nullopt;
    if (inner->pq != pq_ || inner->p != p_ || inner->q != q_) return std::nullopt;
    if (inner->dc && std::abs(std::int64_t{*inner->dc}) % test_dc_offset != rules_.dc) return std::nullopt;
    new_nonce_ = inner->new_nonce;
    expires_in_ = inner->expires_in;

    auto ours = crypto::generate_dh(crypto::telegram_dh_g, crypto::telegram_dh_prime(), *rules_.random);
    if (!ours) return std::nullopt;
    ours_ = *ours;
    tl::server_DH_inner_data parameters;
    parameters.nonce = nonce_;
    parameters.server_nonce = server_nonce_;
    parameters.g = crypto::telegram_dh_g;
    parameters.dh_prime = bytes::copy(crypto::telegram_dh_prime());
    parameters.g_a = bytes::copy(ours_->value);
    parameters.server_time =
        static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    std::vector<std::byte> text = with_digest(tl::encode(parameters), *rules_.random);
    if (strikes(fault, fault_kind::wrong_hash)) text[0] ^= std::byte{1};
    const open_nonce new_nonce(new_nonce_);
    crypto::aes_ige_encrypt(text, text, crypto::handshake_cipher(new_nonce.value, server_nonce_));
    state_ = state::dh_sent;

    tl::server_DH_params_ok answer;
    answer.nonce = nonce_;
    answer.server_nonce = server_nonce_;
    answer.encrypted_answer = bytes::copy(text);
    if (strikes(fault, fault_kind::wrong_nonce)) answer.server_nonce[0] ^= std::byte{1};
    return tl::encode(answer);
}

std::optional<key_exchange::step> key_exchange::agree(const bytes& body, const traffic::fault* fault) {
    const auto query = read_front<tl::set_client_DH_params>(body);
    if (!query || query->nonce != nonce_ || query->server_nonce != server_nonce_) return std::nullopt;
    std::vector<std::byte> text(query->encrypted_data.begin(), query->encrypted_data.end());
    if (text.size() % crypto::aes_block_size != 0) return std::nullopt;
    const open_nonce new_nonce(new_nonce_);
    crypto::aes_ige_decrypt(text, text, crypto::handshake_cipher(new_nonce.value, server_nonce_));

    constexpr std::size_t digest_size = std::tuple_size_v<crypto::sha1_digest>;
    if (text.size() < digest_size) return std::nullopt;
    const bytes after = bytes::copy(byte_view(text).subspan(digest_size));
    const auto inner = tl::decode_prefix<tl::client_DH_inner_data>(after);
    if (!inner || after.size() - inner->size >= crypto::aes_block_size) return std::nullopt;
    const crypto::sha1_digest digest = crypto::sha1(after.view().first(inner->size));
    if (!crypto::constant_time_equal(digest, byte_view(text).first(digest_size))) return std::nullopt;
    const tl::client_DH_inner_data& theirs = inner->value;
    if (theirs.nonce != nonce_ || theirs.server_nonce != server_nonce_ || theirs.retry_id != retry_id_)
        return std::nullopt;

    const auto secret = crypto::dh_shared(theirs.g_b, ours_->exponent, crypto::telegram_dh_prime());
    if (!secret) return std::nullopt;
    const auto key = std::make_shared<const crypto::auth_key>(secret->span());
    const auto hash = [&](unsigned number) {
        crypto::int128 made = crypto::new_nonce_hash(new_nonce.value, number, *key);
        if (strikes(fault, fault_kind::wrong_nonce)) made[0] ^= std::byte{1};
        return made;
    };
    if (strikes(fault, fault_kind::dh_retry) || (rules_.key_exists && rules_.key_exists(key->id()))) {
        retry_id_ = key->aux_hash();
        tl::dh_gen_retry answer;
        answer.nonce = nonce_;
        answer.server_nonce = server_nonce_;
        answer.new_nonce_hash2 = hash(2);
        return step{tl::encode(answer), {}};
    }
    state_ = state::idle;
    if (strikes(fault, fault_kind::dh_fail)) {
        tl::dh_gen_fail answer;
        answer.nonce = nonce_;
        answer.server_nonce = server_nonce_;
        answer.new_nonce_hash3 = hash(3);
        return step{tl::encode(answer), {}};
    }
    tl::dh_gen_ok answer;
    answer.nonce = nonce_;
    answer.server_nonce = server_nonce_;
    answer.new_nonce_hash1 = hash(1);
    agreed_key agreed{key, crypto::first_salt(new_nonce.value, server_nonce_), expires_in_};
    return step{tl::encode(answer), std::move(agreed)};
}

}  // namespace mtproto::localdc
