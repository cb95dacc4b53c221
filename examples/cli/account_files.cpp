// Names of files, and small texts in JSON.
#include "account_files.hpp"

#include "exit_code.hpp"
#include "read_file.hpp"
#include "text.hpp"

#include <mtproto/private_file.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <system_error>
#include <utility>

namespace mtpipe {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t longest_name = 64, largest_note = 1 << 16, largest_peers = 8 << 20;
constexpr std::string_view session_ending = ".session";

fs::path data_folder() {
    if (const char* xdg = std::getenv("XDG_DATA_HOME"); xdg != nullptr && fs::path(xdg).is_absolute())
        return fs::path(xdg) / "mtproto";
    if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0')
        return fs::path(home) / ".local" / "share" / "mtproto";
    throw command_error{exit_code::usage,
                        "neither XDG_DATA_HOME nor HOME says where the session belongs; set one"};
}

fs::path accounts_folder() {
    return data_folder() / "accounts";
}

void make_folder(const fs::path& folder) {
    std::error_code failed;
    if (fs::create_directories(folder, failed)) fs::permissions(folder, fs::perms::owner_all, failed);
    if (failed)
        throw command_error{exit_code::failed, "cannot make the folder " + folder.string() +
                                                   " for the session: " + failed.message() +
                                                   "; set XDG_DATA_HOME to another place"};
}

bool is_default(const std::string& account) {
    return account.empty() || account == default_account;
}

/// Null where there is none, or no JSON in it.
json::value read_json(const fs::path& path, std::size_t most) {
    std::error_code failed;
    if (!fs::is_regular_file(path, failed)) return {};
    try {
        return json::parse(read_file(path.string(), most));
    } catch (const command_error&) {
    } catch (const std::exception&) {
    }
    return {};
}

void write_json(const fs::path& path, const json::value& value) {
    const std::string text = json::serialize(value);
    const auto written = mtproto::replace_file(path, mtproto::as_bytes(text));
    if (!written) throw mtproto::error(written.error());
}

std::string text_at(const json::object& in, const char* name) {
    const json::value* found = in.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::int64_t number_at(const json::object& in, const char* name) {
    const json::value* found = in.if_contains(name);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

std::optional<bool> flag_at(const json::object& in, const char* name) {
    const json::value* found = in.if_contains(name);
    if (found == nullptr || !found->is_bool()) return std::nullopt;
    return found->get_bool();
}

json::value flag(std::optional<bool> of) {
    return of ? json::value(*of) : json::value();
}

std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

bool is_account_name(std::string_view name) {
    return !name.empty() && name.size() <= longest_name && name.front() != '-' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_';
           });
}

fs::path session_base(const std::string& account) {
    const fs::path folder = is_default(account) ? data_folder() : accounts_folder();
    make_folder(folder);
    return is_default(account) ? folder / "mtpipe.session" : folder / (account + std::string(session_ending));
}

account_files::account_files(std::string account, std::string cluster)
    : name_(is_default(account) ? std::string(default_account) : std::move(account)),
      cluster_(std::move(cluster)) {}

fs::path account_files::session() const {
    // As mtproto::file_session names it.
    if (is_default(name_)) return data_folder() / ("mtpipe." + cluster_ + std::string(session_ending));
    return accounts_folder() / (name_ + "." + cluster_ + std::string(session_ending));
}

fs::path account_files::beside(const char* ending) const {
    return accounts_folder() / (name_ + "." + cluster_ + ending);
}

bool account_files::exist() const {
    std::error_code failed;
    return fs::exists(session(), failed);
}

void account_files::rename(const account_files& to) const {
    make_folder(to.session().parent_path());
    make_folder(accounts_folder());
    const std::pair<fs::path, fs::path> files[] = {
        {note(), to.note()}, {peers(), to.peers()}, {session(), to.session()}};
    for (const auto& [from, where] : files) {
        std::error_code failed;
        if (!fs::exists(from, failed)) continue;
        fs::rename(from, where, failed);
        if (failed)
            throw command_error{exit_code::failed,
                                fmt::format("cannot rename {}: {}", from.string(), failed.message())};
    }
}

void account_files::remove() const {
    for (const fs::path& each : {session(), note(), peers()}) {
        std::error_code failed;
        fs::remove(each, failed);
        if (failed)
            throw command_error{exit_code::failed,
                                fmt::format("cannot remove {}: {}", each.string(), failed.message())};
    }
}

std::vector<std::string> account_names(const std::string& cluster) {
    const std::string ending = "." + cluster + std::string(session_ending);
    std::vector<std::string> made;
    std::error_code failed;
    for (const fs::directory_entry& each : fs::directory_iterator(accounts_folder(), failed)) {
        std::string name = each.path().filename();
        if (!name.ends_with(ending)) continue;
        name.resize(name.size() - ending.size());
        if (is_account_name(name)) made.push_back(std::move(name));
    }
    std::sort(made.begin(), made.end());
    if (account_files("", cluster).exist()) made.insert(made.begin(), std::string(default_account));
    return made;
}

account_note read_note(const account_files& of) {
    const json::value read = read_json(of.note(), largest_note);
    const json::object* in = read.if_object();
    account_note made;
    if (in == nullptr) return made;
    made.user_id = number_at(*in, "user_id");
    made.name = text_at(*in, "name");
    made.username = text_at(*in, "username");
    made.bot = flag_at(*in, "bot");
    made.premium = flag_at(*in, "premium");
    made.state = text_at(*in, "state");
    made.last_use = number_at(*in, "last_use");
    return made;
}

void write_note(const account_files& of, const account_note& note) {
    try {
        write_json(of.note(), json::object{{"user_id", note.user_id},
                                           {"name", valid_utf8(note.name)},
                                           {"username", valid_utf8(note.username)},
                                           {"bot", flag(note.bot)},
                                           {"premium", flag(note.premium)},
                                           {"state", valid_utf8(note.state)},
                                           {"last_use", note.last_use}});
    } catch (const mtproto::error&) {
        // A session on a read-only volume serves all the same.
    }
}

void mark_used(const account_files& of) {
    std::error_code failed;
    if (!fs::exists(of.note(), failed)) return;
    account_note note = read_note(of);
    note.last_use = now();
    write_note(of, note);
}

std::vector<mtproto::known_peer> read_peers(const account_files& of) {
    std::vector<mtproto::known_peer> made;
    const json::value read = read_json(of.peers(), largest_peers);
    const json::array* all = read.if_array();
    if (all == nullptr) return made;
    for (const json::value& each : *all) {
        const json::object* in = each.if_object();
        if (in == nullptr) continue;
        mtproto::known_peer& peer = made.emplace_back();
        if (text_at(*in, "kind") == "user") peer.type = mtproto::known_peer::kind::user;
        peer.id = number_at(*in, "id");
        peer.access_hash = number_at(*in, "access_hash");
        peer.username = text_at(*in, "username");
    }
    return made;
}

void write_peers(const account_files& of, const std::vector<mtproto::known_peer>& peers) {
    json::array made;
    for (const mtproto::known_peer& each : peers) {
        const bool user = each.type == mtproto::known_peer::kind::user;
        json::object entry{
            {"kind", user ? "user" : "channel"}, {"id", each.id}, {"access_hash", each.access_hash}};
        if (!each.username.empty()) entry["username"] = valid_utf8(each.username);
        made.push_back(std::move(entry));
    }
    write_json(of.peers(), made);
}

}  // namespace mtpipe
