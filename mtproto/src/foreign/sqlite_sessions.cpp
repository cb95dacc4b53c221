// Telethon's, Pyrogram's and grammers' databases: which one it is say the tables, where a value is its
// column.
#include "foreign/formats.hpp"
#include "foreign/sqlite_file.hpp"

#include <map>
#include <utility>

namespace mtproto::foreign {
namespace {

/// More are not worth the room.
constexpr std::size_t most_peers = 20'000;
/// Marked ids of channels are this much less than zero.
constexpr std::int64_t channel_mark = -1'000'000'000'000;

failure nobody(const std::string& whose) {
    return refused("it is a session of " + whose + ", and nobody is logged in there");
}

failure damaged(const std::string& whose) {
    return refused("it is a session of " + whose + ", and it is damaged");
}

/// A user or a channel by its marked id; nothing for a basic group, which needs no hash.
std::optional<known_peer> marked_peer(std::int64_t id, std::int64_t access_hash, std::string username = {}) {
    known_peer made;
    if (id > 0) {
        made.type = known_peer::kind::user;
        made.id = id;
    } else if (id < channel_mark) {
        made.id = channel_mark - id;
    } else {
        return std::nullopt;
    }
    made.access_hash = access_hash;
    made.username = std::move(username);
    return made;
}

std::uint16_t port_of(std::int64_t number) {
    return number > 0 && number <= 0xffff ? static_cast<std::uint16_t>(number) : std::uint16_t{0};
}

outcome<foreign_session> read_telethon(const sqlite_file& file) {
    std::vector<foreign_account> accounts;
    sqlite_rows rows = file.table("sessions");
    while (rows.next()) {
        const byte_view key = rows.blob("auth_key");
        if (key.empty()) continue;
        outcome<foreign_account> made = account_of(rows.number("dc_id"), key);
        if (!made) return made.error();
        made->host = rows.text("server_address");
        made->port = port_of(rows.number("port"));
        made->test = is_test_address(made->host);
        accounts.push_back(std::move(*made));
    }
    if (rows.failed()) return damaged("Telethon");
    if (accounts.empty()) return nobody("Telethon");
    std::vector<known_peer> peers;
    if (file.has_table("entities")) {
        sqlite_rows entities = file.table("entities");
        while (peers.size() < most_peers && entities.next())
            if (auto peer =
                    marked_peer(entities.number("id"), entities.number("hash"), entities.text("username")))
                peers.push_back(std::move(*peer));
        if (entities.failed()) return damaged("Telethon");
    }
    foreign_session made;
    made.format = "telethon-sqlite";
    // Rows of one file are data centres of one account, of which the newest versions keep one.
    if (accounts.size() == 1) accounts.front().peers = std::move(peers);
    made.accounts = std::move(accounts);
    return made;
}

outcome<foreign_session> read_telethon_2(const sqlite_file& file) {
    sqlite_rows home = file.table("session");
    if (!home.next()) return home.failed() ? damaged("Telethon") : nobody("Telethon");
    const std::int64_t dc = home.number("dc_id");
    const std::int64_t user = home.number("user_id");
    const bool bot = home.number("bot") != 0;
    std::optional<foreign_account> made;
    std::map<int, stored_dc> dcs;
    sqlite_rows rows = file.table("datacenter");
    while (rows.next()) {
        const std::int64_t id = rows.number("id");
        const byte_view key = rows.blob("auth");
        if (key.empty()) continue;
        if (id == dc) {
            outcome<foreign_account> account = account_of(id, key);
            if (!account) return account.error();
            made = std::move(*account);
            split_address(
                rows.has("ipv4") && !rows.text("ipv4").empty() ? rows.text("ipv4") : rows.text("ipv6"),
                *made);
            if (rows.has("port") && made->port == 0) made->port = port_of(rows.number("port"));
        } else if (why_no_login(id, key).empty()) {
            dcs[static_cast<int>(id)].auth_key.assign(key.begin(), key.end());
        }
    }
    if (rows.failed()) return damaged("Telethon");
    if (!made) return nobody("Telethon");
    made->login.dcs.merge(dcs);
    made->login.user_id = user;
    made->login.bot = bot;
    if (user != 0) made->bot = bot;
    made->test = is_test_address(made->host);
    if (file.has_table("entity")) {
        constexpr std::int64_t user_type = 'U';
        sqlite_rows entities = file.table("entity");
        while (made->peers.size() < most_peers && entities.next()) {
            known_peer& peer = made->peers.emplace_back();
            peer.type =
                entities.number("ty") == user_type ? known_peer::kind::user : known_peer::kind::channel;
            peer.id = entities.number("id");
            peer.access_hash = entities.number("hash");
        }
    }
    return one_account("telethon-sqlite", std::move(*made));
}

/// The first name of each marked id, wherever the version at hand keeps names.
std::map<std::int64_t, std::string> pyrogram_names(const sqlite_file& file) {
    std::map<std::int64_t, std::string> made;
    if (!file.has_table("usernames")) return made;
    sqlite_rows rows = file.table("usernames");
    // pyrofork's `id` is the name, kurigram's the number.
    const bool by_name = rows.has("peer_id");
    while (made.size() < most_peers && rows.next())
        made.emplace(rows.number(by_name ? "peer_id" : "id"), rows.text(by_name ? "id" : "username"));
    return made;
}

outcome<foreign_session> read_pyrogram(const sqlite_file& file) {
    sqlite_rows rows = file.table("sessions");
    if (!rows.next()) return rows.failed() ? damaged("Pyrogram") : nobody("Pyrogram");
    const byte_view key = rows.blob("auth_key");
    if (key.empty()) return nobody("Pyrogram");
    outcome<foreign_account> made = account_of(rows.number("dc_id"), key);
    if (!made) return made.error();
    made->host = rows.text("server_address");
    made->port = port_of(rows.number("port"));
    made->test = rows.number("test_mode") != 0;
    made->login.user_id = rows.number("user_id");
    made->login.bot = rows.number("is_bot") != 0;
    if (made->login.user_id != 0) made->bot = made->login.bot;
    if (file.has_table("peers")) {
        const std::map<std::int64_t, std::string> names = pyrogram_names(file);
        sqlite_rows peers = file.table("peers");
        while (made->peers.size() < most_peers && peers.next()) {
            const std::int64_t id = peers.number("id");
            const auto named = names.find(id);
            std::string name = named != names.end() ? named->second : peers.text("username");
            if (auto peer = marked_peer(id, peers.number("access_hash"), std::move(name)))
                made->peers.push_back(std::move(*peer));
        }
        if (peers.failed()) return damaged("Pyrogram");
    }
    return one_account("pyrogram-sqlite", std::move(*made));
}

outcome<foreign_session> read_grammers(const sqlite_file& file) {
    sqlite_rows home = file.table("dc_home");
    if (!home.next()) return home.failed() ? damaged("grammers") : nobody("grammers");
    const std::int64_t dc = home.number("dc_id");
    std::optional<foreign_account> made;
    std::map<int, stored_dc> dcs;
    sqlite_rows rows = file.table("dc_option");
    while (rows.next()) {
        const std::int64_t id = rows.number("dc_id");
        const byte_view key = rows.blob("auth_key");
        if (key.empty()) continue;
        if (id == dc) {
            outcome<foreign_account> account = account_of(id, key);
            if (!account) return account.error();
            made = std::move(*account);
            split_address(rows.text("ipv4"), *made);
        } else if (why_no_login(id, key).empty()) {
            dcs[static_cast<int>(id)].auth_key.assign(key.begin(), key.end());
        }
    }
    if (rows.failed()) return damaged("grammers");
    if (!made) return nobody("grammers");
    made->login.dcs.merge(dcs);
    made->test = is_test_address(made->host);
    if (file.has_table("peer_info")) {
        constexpr std::int64_t self_flag = 1, bot_flag = 2;
        sqlite_rows peers = file.table("peer_info");
        while (made->peers.size() < most_peers && peers.next()) {
            const std::int64_t id = peers.number("peer_id"), type = peers.number("subtype");
            if (id > 0 && (type & self_flag) != 0) {
                made->login.user_id = id;
                made->login.bot = (type & bot_flag) != 0;
                made->bot = made->login.bot;
            }
            if (peers.number("hash") == 0) continue;
            if (auto peer = marked_peer(id, peers.number("hash"))) made->peers.push_back(std::move(*peer));
        }
    }
    return one_account("grammers-sqlite", std::move(*made));
}

outcome<foreign_session> read_tables(const sqlite_file& file) {
    if (file.has_table("dc_home") && file.has_table("dc_option")) return read_grammers(file);
    if (file.has_table("datacenter") && file.has_table("session")) return read_telethon_2(file);
    if (file.has_table("sessions")) {
        const sqlite_rows columns = file.table("sessions");
        // Telethon keeps an address from the first version on, and no user; Pyrogram a user.
        if (columns.has("user_id") || columns.has("test_mode")) return read_pyrogram(file);
        if (columns.has("server_address")) return read_telethon(file);
    }
    return refused("it is a SQLite database, but no session of Telethon, Pyrogram or grammers");
}

}  // namespace

outcome<foreign_session> read_sqlite(byte_view file) {
    secret_bytes image(file.begin(), file.end());
    const wiped guard(image);
    const outcome<sqlite_file> opened = sqlite_file::over(image);
    if (!opened) return opened.error();
    return read_tables(*opened);
}

outcome<foreign_session> read_sqlite(const std::filesystem::path& path) {
    const outcome<sqlite_file> opened = sqlite_file::open(path);
    if (!opened) return opened.error();
    return read_tables(*opened);
}

}  // namespace mtproto::foreign
