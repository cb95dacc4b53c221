// What the sanitizers are to pass over: libx265, which makes samples here, keeps some buffers of a closed
// encoder, and hands frames from thread to thread in ways that ThreadSanitizer cannot see, as it is not built
// with it.

extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
    return "leak:libx265\n";
}

extern "C" const char* __tsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
    return "race:libx265\n";
}
