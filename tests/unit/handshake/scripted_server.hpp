// The server's side of the key exchange, which can be told to do any one thing wrong.
#pragma once

#include "crypto/aes_ige.hpp"
#include "crypto/dh.hpp"
#include "crypto/kdf.hpp"
#include "crypto/pq.hpp"
#include "crypto/rsa.hpp"
#include "crypto/seeded_random.hpp"
#include "crypto/sha.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace mtproto::test {

inline const crypto::rsa_private_key& server_key() {
    static const crypto::rsa_private_key key = crypto::rsa_private_key::generate().value();
    return key;
}

inline constexpr std::int32_t server_time = 1'700'000'000;

/// Answers the three requests; the hooks change an answer before it is encoded or encrypted.
class scripted_server {
  public:
    std::function<void(tl::resPQ&)> on_res_pq = [](tl::resPQ&) {};
    std::function<void(tl::server_DH_inner_data&)> on_inner = [](tl::server_DH_inner_data&) {};
    /// Plaintext (hash, answer, padding) before encryption.
    std::function<void(std::vector<std::byte>&)> on_plain = [](std::vector<std::byte>&) {};
    std::function<void(tl::server_DH_params_ok&)> on_params = [](tl::server_DH_params_ok&) {};
    /// How often dh_gen_retry comes before dh_gen_ok.
    int retries = 0;
    bool genuine_fail = false;
    std::function<void(tl::dh_gen_ok&)> on_ok = [](tl::dh_gen_ok&) {};
    std::function<void(tl::dh_gen_retry&)> on_retry = [](tl::dh_gen_retry&) {};
    std::size_t trailing = 0;  ///< bytes after each answer (protocol 2.1)
    std::uint64_t pq = 0x17ED48941A08F981;

    // What came out.
    std::optional<tl::P_Q_inner_data> inner;
    std::vector<std::int64_t> retry_ids;
    std::shared_ptr<const crypto::auth_key> key;
    crypto::int128 server_nonce{};
    crypto::int256 new_nonce{};

    bytes answer(const bytes& request) {
        switch (tl::reader(request).peek()) {
            case tl::req_pq_multi::tl_id:
                return answer_pq(tl::decode<tl::req_pq_multi>(request).value());
            case tl::req_DH_params::tl_id:
                return answer_dh(tl::decode<tl::req_DH_params>(request).value());
            case tl::set_client_DH_params::tl_id:
                return answer_client(tl::decode<tl::set_client_DH_params>(request).value());
            default:
                FAIL("a request that is no part of the exchange");
                return {};
        }
    }

  private:
    template <class T>
    bytes finish(const T& object) const {
        const bytes encoded = tl::encode(object);
        std::vector<std::byte> all(encoded.begin(), encoded.end());
        all.resize(all.size() + trailing, std::byte{0x5a});
        return bytes::copy(all);
    }

    bytes answer_pq(const tl::req_pq_multi& request) {
        nonce_ = request.nonce;
        random_.fill(server_nonce);
        tl::resPQ made{};
        made.nonce = nonce_;
        made.server_nonce = server_nonce;
        made.pq = crypto::to_big_endian(pq);
        made.server_public_key_fingerprints = {1, server_key().public_key().fingerprint()};
        on_res_pq(made);
        return finish(made);
    }

    bytes answer_dh(const tl::req_DH_params& request) {
        REQUIRE(request.nonce == nonce_);
        REQUIRE(request.server_nonce == server_nonce);
        REQUIRE(request.encrypted_data.size() == crypto::rsa_size);
        std::array<std::byte, crypto::rsa_size> block;
        std::memcpy(block.data(), request.encrypted_data.data(), block.size());
        const auto plain = server_key().decrypt(block).value();
        inner = tl::decode_prefix<tl::P_Q_inner_data>(bytes::copy(plain)).value().value;
        if (const auto* permanent = inner->as<tl::p_q_inner_data_dc>()) new_nonce = permanent->new_nonce;
        if (const auto* temporary = inner->as<tl::p_q_inner_data_temp_dc>()) new_nonce = temporary->new_nonce;

        own_ = crypto::generate_dh(crypto::telegram_dh_g, crypto::telegram_dh_prime(), random_).value();
        tl::server_DH_inner_data data{};
        data.nonce = nonce_;
        data.server_nonce = server_nonce;
        data.g = crypto::telegram_dh_g;
        data.dh_prime = bytes::copy(crypto::telegram_dh_prime());
        data.g_a = bytes::copy(own_->value);
        data.server_time = server_time;
        on_inner(data);
        const bytes encoded = tl::encode(data);
        const crypto::sha1_digest hash = crypto::sha1(encoded);
        std::vector<std::byte> text(hash.begin(), hash.end());
        text.insert(text.end(), encoded.begin(), encoded.end());
        text.resize((text.size() + 15) / 16 * 16);
        on_plain(text);
        tl::server_DH_params_ok made{};
        made.nonce = nonce_;
        made.server_nonce = server_nonce;
        std::vector<std::byte> cipher(text.size() / 16 * 16);
        crypto::aes_ige_encrypt(byte_view(text).first(cipher.size()), cipher,
                                crypto::handshake_cipher(new_nonce, server_nonce));
        made.encrypted_answer = bytes::copy(cipher);
        on_params(made);
        return finish(made);
    }

    bytes answer_client(const tl::set_client_DH_params& request) {
        REQUIRE(request.encrypted_data.size() % 16 == 0);
        std::vector<std::byte> plain(request.encrypted_data.size());
        crypto::aes_ige_decrypt(request.encrypted_data, plain,
                                crypto::handshake_cipher(new_nonce, server_nonce));
        const auto data =
            tl::decode_prefix<tl::client_DH_inner_data>(bytes::copy(byte_view(plain).subspan(20))).value();
        [[maybe_unused]] const auto hash = crypto::sha1(byte_view(plain).subspan(20, data.size));
        REQUIRE(std::memcmp(hash.data(), plain.data(), hash.size()) == 0);
        REQUIRE(plain.size() - 20 - data.size < 16);
        REQUIRE(data.value.nonce == nonce_);
        REQUIRE(data.value.server_nonce == server_nonce);
        retry_ids.push_back(data.value.retry_id);
        key = std::make_shared<const crypto::auth_key>(
            crypto::dh_shared(data.value.g_b, own_->exponent, crypto::telegram_dh_prime()).value().span());
        if (genuine_fail) {
            const tl::dh_gen_fail made{nonce_, server_nonce, crypto::new_nonce_hash(new_nonce, 3, *key)};
            return finish(made);
        }
        if (retries > 0) {
            --retries;
            tl::dh_gen_retry made{nonce_, server_nonce, crypto::new_nonce_hash(new_nonce, 2, *key)};
            on_retry(made);
            return finish(made);
        }
        tl::dh_gen_ok made{nonce_, server_nonce, crypto::new_nonce_hash(new_nonce, 1, *key)};
        on_ok(made);
        return finish(made);
    }

    crypto::seeded_random random_{99};
    crypto::int128 nonce_{};
    std::optional<crypto::dh_pair> own_;
};

}  // namespace mtproto::test
