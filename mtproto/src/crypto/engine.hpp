// Which implementation of a primitive runs: the best that this processor has, or the portable one.
#pragma once

namespace mtproto::crypto {

enum class engine {
    best,      ///< chosen once, at run time, by what the processor offers (AES-NI, SHA-NI, AVX-512VL)
    ni,        ///< AES-NI and SHA-NI where they are, without AVX-512VL
    portable,  ///< OpenSSL's EVP; tests compare all
};

/// What the processor offers; asked once.
struct cpu_features {
    bool aes = false;  ///< AES-NI with SSE4.1
    bool sha = false;  ///< SHA-NI with SSE4.1
    bool avx512vl = false;
};
const cpu_features& cpu() noexcept;

}  // namespace mtproto::crypto
