// The text beside a partial download, and what is made of a torn one.
#include "sink/resume_record.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace mtproto;
using sink::resume_record;

namespace {

const resume_record film{false, 0x0123456789abcdef, "", std::int64_t{5} << 30};

}  // namespace

TEST_CASE("resume a record is read as it was written") {
    for (const resume_record& each : {film, resume_record{true, -1, "y", 0},
                                      resume_record{false, std::numeric_limits<std::int64_t>::min(), "", 1}})
        CHECK(sink::decode_resume_record(sink::encode(each)) == each);
}

TEST_CASE("resume a record that is cut anywhere, or changed anywhere, is none") {
    const std::string text = sink::encode(film);
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK_FALSE(sink::decode_resume_record(text.substr(0, size)));
    for (std::size_t place = 0; place < text.size(); ++place) {
        std::string other = text;
        other[place] = static_cast<char>(other[place] ^ 1);
        CHECK_FALSE(sink::decode_resume_record(other));
    }
    CHECK_FALSE(sink::decode_resume_record(text + "\n"));
    CHECK_FALSE(sink::decode_resume_record(std::string(text.size(), '\0')));
}
