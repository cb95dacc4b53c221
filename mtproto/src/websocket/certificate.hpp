// A key and a certificate that signs itself, for a server on this machine.
#pragma once

#include <mtproto/error.hpp>
#include <mtproto/websocket.hpp>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace mtproto::websocket {

struct openssl_delete {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};

struct certified_key {
    std::unique_ptr<EVP_PKEY, openssl_delete> key;
    std::unique_ptr<X509, openssl_delete> certificate;

    std::string certificate_pem() const;
};

/// On the curve P-256, for `host` (an address or a name) and localhost, from an hour ago for ten years.
/// errc::bad_argument when `host` cannot stand in a certificate. Throws std::bad_alloc.
outcome<certified_key> make_certified_key(const std::string& host);

/// A server that proves itself by it.
websocket_identity identity_of(const certified_key& proof);

}  // namespace mtproto::websocket
