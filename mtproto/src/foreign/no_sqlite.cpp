// What a build without SQLite says of SQLite files.
#include "foreign/formats.hpp"

namespace mtproto::foreign {
namespace {

constexpr std::string_view magic = {"SQLite format 3\0", 16};

failure not_built_in() {
    return refused("it is a SQLite database, and this build reads none (MTPROTO_WITH_SQLITE)");
}

}  // namespace

bool is_sqlite(byte_view file) noexcept {
    return file.size() >= magic.size() && as_text(file.first(magic.size())) == magic;
}

outcome<foreign_session> read_sqlite(byte_view) {
    return not_built_in();
}

outcome<foreign_session> read_sqlite(const std::filesystem::path&) {
    return not_built_in();
}

}  // namespace mtproto::foreign
