// What LeakSanitizer is to pass over: libx265 makes samples here and keeps some buffers of a closed encoder.

extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
    return "leak:libx265\n";
}
