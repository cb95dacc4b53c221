// Media as text, from arbitrary text.
#include "fuzz.hpp"

#include <mtproto/media.hpp>

#include <string>

using namespace mtproto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(as_text(std::as_bytes(std::span(data, size))));
    const outcome<media> read = media_from_text(text);
    if (!read) {
        fuzz::require(read.error().code == errc::bad_argument, "a wrong text is called one");
        fuzz::require(!read.error().detail.empty(), "and it is said what is wrong with it");
        return 0;
    }
    fuzz::require(read->size >= 0 && read->dc > 0 && read->location.id != 0, "a media names a file");
    fuzz::require(!read->name.empty() && read->name.find('/') == std::string::npos, "its name is no path");
    const std::string written = to_text(*read);
    const outcome<media> again = media_from_text(written);
    fuzz::require(again && to_text(*again) == written, "what was read is written and read alike");
    return 0;
}
