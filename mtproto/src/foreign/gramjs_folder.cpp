// GramJS' StoreSession: a folder with a file for each value.
#include "foreign/file.hpp"
#include "foreign/formats.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

namespace mtproto::foreign {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view key_ending = "%3AauthKey";
constexpr std::size_t longest_file = 1 << 16;

/// Null where there is no such file, or no JSON in it.
json::value value_in(const fs::path& folder, const std::string& name) {
    const outcome<secret_bytes> file = read_file(folder / name, longest_file);
    if (!file) return {};
    boost::system::error_code failed;
    json::value read = json::parse(as_text(*file), failed);
    return failed ? json::value() : read;
}

std::int64_t number_of(const json::value& from) {
    if (from.is_int64()) return from.get_int64();
    if (!from.is_string() || from.get_string().size() > 6) return 0;
    return std::strtol(from.get_string().c_str(), nullptr, 10);
}

/// {"type": "Buffer", "data": [...]}
std::optional<secret_bytes> buffer_of(const json::value& from) {
    const json::object* object = from.if_object();
    const json::value* data = object != nullptr ? object->if_contains("data") : nullptr;
    const json::array* numbers = data != nullptr ? data->if_array() : nullptr;
    if (numbers == nullptr) return std::nullopt;
    secret_bytes made;
    made.reserve(numbers->size());
    for (const json::value& each : *numbers) {
        if (!each.is_int64() || each.get_int64() < 0 || each.get_int64() > 255) return std::nullopt;
        made.push_back(static_cast<std::byte>(each.get_int64()));
    }
    return made;
}

outcome<foreign_account> read_one(const fs::path& folder, const std::string& name) {
    auto key = buffer_of(value_in(folder, name + std::string(key_ending)));
    if (!key) return refused("it is a StoreSession of GramJS whose key is damaged");
    const wiped guard(*key);
    const std::int64_t dc = number_of(value_in(folder, name + "%3AdcId"));
    outcome<foreign_account> made = account_of(dc, *key);
    if (!made) return made;
    const json::value host = value_in(folder, name + "%3AserverAddress");
    if (host.is_string()) made->host = std::string_view(host.get_string());
    made->port = static_cast<std::uint16_t>(
        std::clamp<std::int64_t>(number_of(value_in(folder, name + "%3Aport")), 0, 0xffff));
    made->test = is_test_address(made->host);
    return made;
}

}  // namespace

maybe_session read_gramjs_folder(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code failed;
    for (const fs::directory_entry& each : fs::directory_iterator(folder, failed))
        if (std::string name = each.path().filename(); name.ends_with(key_ending))
            names.push_back(name.substr(0, name.size() - key_ending.size()));
    if (names.empty()) return std::optional<foreign_session>();
    std::sort(names.begin(), names.end());
    foreign_session made;
    made.format = "gramjs-store-session";
    for (const std::string& name : names) {
        outcome<foreign_account> account = read_one(folder, name);
        if (!account) return account.error();
        made.accounts.push_back(std::move(*account));
    }
    return made;
}

}  // namespace mtproto::foreign
