// Which implementation of a primitive runs: the best that this processor has, or the portable one.
#pragma once

namespace mtproto::crypto {

enum class engine {
    best,      ///< chosen once, at run time, by what the processor offers (AES-NI, SHA-NI)
    portable,  ///< OpenSSL's EVP; tests compare the two
};

/// What the processor offers; asked once.
struct cpu_features {
    bool aes = false;  ///< AES-NI with SSE4.1
    bool sha = false;  ///< SHA-NI with SSE4.1
};
const cpu_features& cpu() noexcept;

}  // namespace mtproto::crypto
