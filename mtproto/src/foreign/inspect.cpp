// Which format it is: the contents decide, never a name.
#include "base/base64.hpp"
#include "foreign/file.hpp"
#include "foreign/formats.hpp"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

namespace mtproto {

namespace fs = std::filesystem;
using namespace foreign;

namespace {

/// TDLib keeps all of its settings in one.
constexpr std::size_t largest_file = 256u << 20;
constexpr std::size_t longest_string = 4096;
constexpr std::string_view tdata_magic = "TDF$", test_log = "td_test.binlog";
constexpr std::string_view zstd_magic = "\x28\xb5\x2f\xfd";

failure unknown(const std::string& what) {
    return refused(what + "; known are " + std::string(foreign_session_formats()));
}

bool is_hexadecimal_key(std::string_view text) {
    constexpr std::size_t digits = 512;
    return text.size() == digits && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

/// The first of the readers that knows the data.
template <class... Reader>
maybe_session first_of(const Reader&... readers) {
    maybe_session found = std::optional<foreign_session>();
    const auto known = [&](const auto& reader) {
        found = reader();
        return !found || *found;
    };
    (known(readers) || ...);
    return found;
}

outcome<foreign_session> read_string(std::string_view text) {
    maybe_session found =
        first_of([&] { return read_own_string(text); }, [&] { return read_telethon_string(text); });
    if (!found) return found.error();
    if (*found) return std::move(**found);
    if (is_hexadecimal_key(text))
        return refused(
            "it is a bare key, as Telegram Web keeps in the browser, which is not read; log in anew");
    if (auto data = decode_base64(text)) {
        const wiped guard(*data);
        // MTKruto's and mtcute's hold lengths, which must fit; Pyrogram's are known by their size alone.
        found =
            first_of([&] { return read_mtkruto_string(*data); }, [&] { return read_mtcute_string(*data); },
                     [&] { return read_pyrogram_string(*data); });
        if (!found) return found.error();
        if (*found) return std::move(**found);
    }
    return unknown("unknown string session: it is damaged, or of another program");
}

/// tdl's folder: a file for each namespace.
maybe_session read_tdl_folder(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (const fs::directory_entry& each : fs::directory_iterator(folder, failed))
        if (is_file(each.path())) files.push_back(each.path());
    std::sort(files.begin(), files.end());
    std::optional<foreign_session> made;
    for (const fs::path& path : files) {
        const outcome<secret_bytes> head = read_head(path, 64);
        if (!head || !is_bolt(*head)) continue;
        outcome<foreign_session> one = read_foreign_session(path);
        if (!one) return one.error();
        if (!made) made.emplace().format = one->format;
        std::move(one->accounts.begin(), one->accounts.end(), std::back_inserter(made->accounts));
    }
    return made;
}

outcome<foreign_session> read_folder(const fs::path& folder, std::string_view passcode) {
    maybe_session found = first_of(
        [&] { return read_tdata(folder, passcode); }, [&] { return read_tdata(folder / "tdata", passcode); },
        [&] { return read_gramjs_folder(folder); }, [&] { return read_tdl_folder(folder); });
    if (!found) return found.error();
    if (*found) return std::move(**found);
    for (const std::string_view log : {std::string_view("td.binlog"), test_log})
        if (is_file(folder / log)) return read_foreign_session(folder / log, passcode);
    return unknown("there is no session in the folder " + folder.string());
}

}  // namespace

std::string_view foreign_session_formats() noexcept {
    return "strings of Telethon, Pyrogram, GramJS, mtcute, MTKruto and mtproto; .session files of Telethon, "
           "Pyrogram and grammers; sessions of gotd and tdl; tdata of Telegram Desktop; td.binlog of TDLib";
}

outcome<foreign_session> read_foreign_session(byte_view data, std::string_view passcode) {
    if (is_sqlite(data)) return read_sqlite(data);
    if (as_text(data).starts_with(tdata_magic))
        return refused("it is one file of Telegram Desktop's; give the folder tdata");
    if (as_text(data).starts_with(zstd_magic))
        return refused("it is compressed, as `tdl backup` does; unpack it: zstd -d FILE -o FILE.json");
    maybe_session found = first_of([&] { return read_json(data); }, [&] { return read_bolt(data); },
                                   [&] { return read_grammers_file(data); });
    if (!found) return found.error();
    if (*found) return std::move(**found);
    if (data.size() <= longest_string) {
        std::string text = without_blanks(data);
        const wiped guard(std::as_writable_bytes(std::span(text)));
        if (text.empty()) return refused("there is nothing in it");
        const bool is_text =
            std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
        if (is_text) return read_string(text);
    }
    found = read_binlog(data, passcode);
    if (!found) return found.error();
    if (*found) return std::move(**found);
    return unknown("it is no session that is known");
}

outcome<foreign_session> read_foreign_session(const fs::path& path, std::string_view passcode) {
    std::error_code failed;
    if (fs::is_directory(path, failed)) return read_folder(path, passcode);
    const outcome<secret_bytes> head = read_head(path, 64);
    if (!head) return head.error();
    if (is_sqlite(*head)) return read_sqlite(path);
    if (as_text(*head).starts_with(tdata_magic) && path.filename().string().starts_with("key_"))
        return read_folder(path.parent_path(), passcode);
    outcome<secret_bytes> file = read_file(path, largest_file);
    if (!file) return file.error();
    const wiped guard(*file);
    outcome<foreign_session> found = read_foreign_session(byte_view(*file), passcode);
    if (found && found->format == "tdlib-binlog" && path.filename() == test_log)
        for (foreign_account& each : found->accounts)
            each.test = true;
    return found;
}

}  // namespace mtproto
