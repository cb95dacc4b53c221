// A ClientHello as browsers send it, with the proof in place of its random (protocol 1.9).
#include "crypto/sha.hpp"
#include "wire/fake_tls.hpp"
#include "wire/fake_tls_layout.hpp"

#include <algorithm>
#include <cassert>

namespace mtproto::wire {
namespace {

/// Browsers pad a hello to this, because a few servers choked on sizes from 256 to 511 (RFC 7685); so do
/// proxies that read a hello of one fixed size.
constexpr std::size_t hello_record_size = 517;

constexpr unsigned tls_1_0 = 0x0301;  // what a first record says
constexpr unsigned client_hello_message = 1;

constexpr unsigned cipher_suites[] = {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9,
                                      0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
constexpr unsigned signature_algorithms[] = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601};
constexpr unsigned groups[] = {tls_x25519, 0x0017, 0x0018};
constexpr unsigned versions[] = {0x0304, 0x0303, 0x0302, 0x0301};

/// Values that mean nothing, so that servers learn to skip what they do not know (RFC 8701).
class grease {
  public:
    explicit grease(random_source& random) {
        std::array<std::byte, 5> drawn;
        random.fill(drawn);
        for (std::size_t i = 0; i < drawn.size(); ++i) {
            const unsigned half = (std::to_integer<unsigned>(drawn[i]) & 0xf0) | 0x0a;
            values_[i] = half << 8 | half;
        }
        // No extension may come twice.
        if (values_[2] == values_[1]) values_[2] ^= 0x1010;
    }
    unsigned suite() const noexcept { return values_[0]; }
    unsigned first_extension() const noexcept { return values_[1]; }
    unsigned last_extension() const noexcept { return values_[2]; }
    unsigned group() const noexcept { return values_[3]; }
    unsigned version() const noexcept { return values_[4]; }

  private:
    std::array<unsigned, 5> values_{};
};

void write_list(tls_writer& to, unsigned first, std::span<const unsigned> rest) {
    to.u16(first);
    for (const unsigned each : rest)
        to.u16(each);
}

void write_key_share(tls_writer& to, const grease& nothing, random_source& random) {
    to.u16(nothing.group());
    to.u16(1);
    to.u8(0);
    write_x25519_share(to, random);
}

void write_extensions(tls_writer& to, const std::string& domain, const grease& nothing,
                      random_source& random) {
    constexpr auto empty = [] {};
    to.extension(nothing.first_extension(), empty);
    to.extension(0x0000, [&] {  // server_name
        to.counted([&] {
            to.u8(0);
            to.counted([&] { to.raw(as_bytes(domain)); });
        });
    });
    to.extension(0x0017, empty);              // extended_master_secret
    to.extension(0xff01, [&] { to.u8(0); });  // renegotiation_info
    to.extension(0x000a, [&] {                // supported_groups
        to.counted([&] { write_list(to, nothing.group(), groups); });
    });
    to.extension(0x000b, [&] { to.u16(0x0100); });  // ec_point_formats: uncompressed
    to.extension(0x0023, empty);                    // session_ticket
    to.extension(0x0010, [&] {                      // application_layer_protocol_negotiation
        to.counted([&] {
            for (const std::string_view protocol : {"h2", "http/1.1"}) {
                to.u8(static_cast<unsigned>(protocol.size()));
                to.raw(as_bytes(protocol));
            }
        });
    });
    to.extension(0x0005, [&] {  // status_request: OCSP, no responders, no extensions
        to.u8(1);
        to.zeros(4);
    });
    to.extension(0x000d, [&] {
        to.counted([&] {
            for (const unsigned each : signature_algorithms)
                to.u16(each);
        });
    });
    to.extension(0x0012, empty);  // signed_certificate_timestamp
    to.extension(0x0033, [&] {    // key_share
        to.counted([&] { write_key_share(to, nothing, random); });
    });
    to.extension(0x002d, [&] { to.u16(0x0101); });  // psk_key_exchange_modes
    to.extension(0x002b, [&] {                      // supported_versions
        to.u8(2 * (1 + std::size(versions)));
        write_list(to, nothing.version(), versions);
    });
    to.extension(0x001b, [&] {  // compress_certificate: brotli
        to.u8(2);
        to.u16(2);
    });
    to.extension(nothing.last_extension(), [&] { to.u8(0); });
    [[maybe_unused]] constexpr std::size_t head = 4;
    assert(to.size() + head <= hello_record_size);
    to.extension(0x0015, [&] { to.zeros(hello_record_size - to.size()); });  // padding
}

}  // namespace

client_hello make_client_hello(const proxy_secret& secret, unix_time now, random_source& random) {
    const grease nothing(random);
    tls_random session_id;
    random.fill(session_id);

    tls_writer to;
    to.record(tls_handshake, tls_1_0, [&] {
        to.handshake(client_hello_message, [&] {
            to.hello_head(session_id);
            to.counted([&] { write_list(to, nothing.suite(), cipher_suites); });
            to.u16(0x0100);  // no compression
            to.counted([&] { write_extensions(to, secret.domain, nothing, random); });
        });
    });

    client_hello made;
    made.record = to.take();
    made.random = crypto::hmac_sha256(secret.key, {made.record});
    std::byte* const last = made.random.data() + tls_random_size - sizeof(std::uint32_t);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    store_le(last, load_le<std::uint32_t>(last) ^ static_cast<std::uint32_t>(seconds));
    std::copy(made.random.begin(), made.random.end(), made.record.begin() + tls_random_at);
    return made;
}

}  // namespace mtproto::wire
