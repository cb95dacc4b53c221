// X.509 by OpenSSL: subject, alternative names, dates, signature.
#include "websocket/certificate.hpp"

#include "tls/host.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <new>
#include <string_view>

namespace mtproto::websocket {
namespace {

constexpr long an_hour = 3600;
constexpr long ten_years = 10L * 365 * 24 * an_hour;
constexpr std::size_t longest_name = 253;  // of DNS

void require(bool made) {
    if (!made) throw std::bad_alloc();
}

// What OpenSSL's little language of extensions takes literally.
bool is_plain_name(const std::string& host) {
    const auto plain = [](char each) {
        return (each >= '0' && each <= '9') || (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
               each == '-' || each == '.';
    };
    return !host.empty() && host.size() <= longest_name && std::all_of(host.begin(), host.end(), plain);
}

void add_extension(X509* to, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, to, to, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> made(
        X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()), X509_EXTENSION_free);
    require(made && X509_add_ext(to, made.get(), -1) == 1);
}

void set_serial(X509* of) {
    std::array<unsigned char, 8> random;
    require(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
    random[0] = static_cast<unsigned char>((random[0] & 0x7f) | 0x40);  // positive, of full length
    const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> number(
        BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr), BN_free);
    require(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(of)) != nullptr);
}

}  // namespace

std::string certified_key::certificate_pem() const {
    const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
    require(out && PEM_write_bio_X509(out.get(), certificate.get()) == 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

outcome<certified_key> make_certified_key(const std::string& host) {
    const bool address = tls::is_address(host);
    if (!address && !is_plain_name(host))
        return failure(errc::bad_argument, "no certificate can name the host " + host);
    certified_key made;
    made.key.reset(EVP_EC_gen("P-256"));
    made.certificate.reset(X509_new());
    require(made.key && made.certificate);
    X509* const text = made.certificate.get();
    require(X509_set_version(text, X509_VERSION_3) == 1);
    set_serial(text);
    require(X509_gmtime_adj(X509_getm_notBefore(text), -an_hour) != nullptr);
    require(X509_gmtime_adj(X509_getm_notAfter(text), ten_years) != nullptr);
    require(X509_set_pubkey(text, made.key.get()) == 1);
    X509_NAME* const name = X509_get_subject_name(text);
    constexpr std::string_view common = "mtproto local data centre";
    require(X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC,
                                       reinterpret_cast<const unsigned char*>(common.data()),
                                       static_cast<int>(common.size()), -1, 0) == 1);
    require(X509_set_issuer_name(text, name) == 1);
    add_extension(text, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(text, NID_subject_key_identifier, "hash");
    const std::string names = (address ? "IP:" : "DNS:") + host + ",DNS:localhost";
    add_extension(text, NID_subject_alt_name, names);
    require(X509_sign(text, made.key.get(), EVP_sha256()) > 0);
    return made;
}

}  // namespace mtproto::websocket
