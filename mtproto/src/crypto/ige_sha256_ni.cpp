// AES-NI and SHA-NI interleaved, within sixteen registers.
#define MTPROTO_LOOP_NAME ige_sha256_ni_decrypt
#define MTPROTO_LOOP_TARGET "aes,sha,sse4.1"
#include "crypto/ige_sha256_loop.hpp"
