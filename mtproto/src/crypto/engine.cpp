// Asking the processor what it offers.
#include "crypto/engine.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace mtproto::crypto {

const cpu_features& cpu() noexcept {
    static const cpu_features found = [] {
        cpu_features features;
#if defined(__x86_64__)
        __builtin_cpu_init();
        const bool sse41 = __builtin_cpu_supports("sse4.1") != 0;
        features.aes = sse41 && __builtin_cpu_supports("aes") != 0;
        features.avx512vl = __builtin_cpu_supports("avx512vl") != 0;
        // g++ 12's __builtin_cpu_supports does not know SHA-NI: CPUID leaf 7, EBX bit 29.
        unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
        if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0)
            features.sha = sse41 && (ebx >> 29 & 1) != 0;
#endif
        return features;
    }();
    return found;
}

}  // namespace mtproto::crypto
