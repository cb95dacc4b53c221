// Sessions in JSON: gotd's, files of tdl's, and those that are refused by name.
#include "base/base64.hpp"
#include "crypto/auth_key.hpp"
#include "crypto/sha.hpp"
#include "foreign/formats.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace mtproto::foreign {
namespace {

namespace json = boost::json;

const json::object* object_at(const json::object& in, std::string_view name) {
    const json::value* found = in.if_contains(name);
    return found != nullptr ? found->if_object() : nullptr;
}

std::string_view text_at(const json::object& in, std::string_view name) {
    const json::value* found = in.if_contains(name);
    if (found == nullptr || !found->is_string()) return {};
    return found->get_string();
}

std::int64_t number_at(const json::object& in, std::string_view name) {
    const json::value* found = in.if_contains(name);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

bool is_true_at(const json::object& in, std::string_view name) {
    const json::value* found = in.if_contains(name);
    return found != nullptr && found->is_bool() && found->get_bool();
}

outcome<foreign_account> gotd_account(const json::object& from) {
    if (const std::int64_t version = number_at(from, "Version"); version != 1)
        return refused("it is a session of gotd of version " + std::to_string(version) + "; 1 is known");
    const json::object* data = object_at(from, "Data");
    if (data == nullptr) return refused("it is a session of gotd without its data");
    auto key = decode_base64(text_at(*data, "AuthKey"));
    if (!key) return refused("it is a session of gotd whose key is damaged");
    const wiped guard(*key);
    const std::int64_t dc = number_at(*data, "DC");
    outcome<foreign_account> made = account_of(dc, *key);
    if (!made) return made;
    const auto id = decode_base64(text_at(*data, "AuthKeyID"));
    const crypto::sha1_digest digest = crypto::sha1(*key);
    if (!id || !std::equal(id->begin(), id->end(), digest.begin() + 12, digest.end()))
        return refused("it is a session of gotd that is damaged: the number of its key is another one");
    split_address(text_at(*data, "Addr"), *made);
    const json::object* config = object_at(*data, "Config");
    made->test = is_test_address(made->host) || (config != nullptr && is_true_at(*config, "TestMode"));
    made->login.dcs[made->login.home_dc].salt = number_at(*data, "Salt");
    return made;
}

/// Namespaces of tdl, each with a session of gotd in base64.
maybe_session read_tdl(const json::object& from) {
    foreign_session made;
    made.format = "tdl-backup";
    bool is_tdl = false;
    for (const auto& [name, value] : from) {
        const json::object* entries = value.if_object();
        if (entries == nullptr || !entries->contains("session")) continue;
        is_tdl = true;
        auto session = decode_base64(text_at(*entries, "session"));
        if (!session) return refused("it is tdl's, and the session of " + std::string(name) + " is damaged");
        const wiped guard(*session);
        outcome<foreign_account> account = read_gotd(as_text(*session));
        if (!account) return account.error();
        made.accounts.push_back(std::move(*account));
    }
    if (!is_tdl) return std::optional<foreign_session>();
    return made;
}

bool is_key_of_telegram_web(std::string_view name) {
    return name.starts_with("dc") && name.ends_with("_auth_key");
}

}  // namespace

outcome<foreign_account> read_gotd(std::string_view text) {
    boost::system::error_code failed;
    const json::value read = json::parse(text, failed);
    if (failed || !read.is_object()) return refused("it is a session of gotd that is damaged: it is no JSON");
    return gotd_account(read.get_object());
}

maybe_session read_json(byte_view file) {
    const std::string_view text = as_text(file);
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == text.npos || text[first] != '{') return std::optional<foreign_session>();
    boost::system::error_code failed;
    const json::value read = json::parse(text, failed);
    if (failed || !read.is_object()) return refused("it begins as JSON, and is damaged");
    const json::object& all = read.get_object();
    if (std::any_of(all.begin(), all.end(),
                    [](const auto& each) { return is_key_of_telegram_web(each.key()); }))
        return refused("it is what Telegram Web keeps in the browser, which is not read; log in anew");
    if (text_at(all, "type") == "Buffer")
        return refused("it is one file of a StoreSession of GramJS; give its folder");
    if (all.contains("Version") && all.contains("Data")) {
        outcome<foreign_account> account = gotd_account(all);
        if (!account) return account.error();
        return one_account("gotd-json-v1", std::move(*account));
    }
    return read_tdl(all);
}

}  // namespace mtproto::foreign
