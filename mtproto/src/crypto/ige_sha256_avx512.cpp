// AES-NI and SHA-NI interleaved, with the cipher in the 32 registers of AVX-512: fewer trips to memory.
#define MTPROTO_LOOP_NAME ige_sha256_avx512_decrypt
#define MTPROTO_LOOP_TARGET "aes,sha,sse4.1,avx512f,avx512vl"
#include "crypto/ige_sha256_loop.hpp"
