// Telegram Desktop's folder "tdata": the key of its files, and the accounts in them.
#include "foreign/byte_reader.hpp"
#include "foreign/formats.hpp"
#include "foreign/tdata_file.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace mtproto::foreign {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view key_file = "key_", usual_data = "data";
constexpr std::int32_t authorization_block = 0x4b;
constexpr std::int32_t test_environment = 1;
/// Telegram Desktop has six at most, and copies of it have more.
constexpr std::int32_t most_accounts = 100;
constexpr std::uint32_t most_keys = 64;

failure damaged_tdata() {
    return refused("it is a tdata of Telegram Desktop, and what is encrypted in it is damaged");
}

/// The data name of a key file that is there: "data" of key_datas. Empty when there is none.
std::string data_name_in(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code failed;
    for (const fs::directory_entry& each : fs::directory_iterator(folder, failed)) {
        const std::string name = each.path().filename();
        if (name.size() > key_file.size() + 1 && name.starts_with(key_file) &&
            std::string_view("s01").find(name.back()) != std::string_view::npos)
            names.push_back(name.substr(key_file.size(), name.size() - key_file.size() - 1));
    }
    if (names.empty() || std::find(names.begin(), names.end(), usual_data) != names.end())
        return names.empty() ? std::string() : std::string(usual_data);
    return *std::min_element(names.begin(), names.end());
}

/// One folder with its keys.
class tdata_folder {
  public:
    explicit tdata_folder(fs::path folder) : folder_(std::move(folder)) {}

    /// The key of the files, from the salt and what is encrypted under the passcode.
    outcome<void> unlock(byte_view salt, byte_view encrypted, std::string_view passcode) {
        for (const std::string_view tried : {passcode, std::string_view()}) {
            for (const auto derive : {passcode_key, old_passcode_key}) {
                auto opened = decrypt_local(encrypted, derive(tried, salt));
                if (!opened) continue;
                const wiped guard(*opened);
                if (opened->size() < local_key::size) return damaged_tdata();
                key_.emplace(byte_view(*opened).first<local_key::size>());
                return {};
            }
        }
        return locked(passcode.empty()
                          ? "it is a tdata of Telegram Desktop under a passcode; give that passcode"
                          : "this is not the passcode of Telegram Desktop: wrong passcode");
    }

    std::optional<secret_bytes> decrypt(byte_view encrypted) const { return decrypt_local(encrypted, *key_); }

    /// What the file holds under the key; nothing when it is not there.
    outcome<std::optional<secret_bytes>> read(const fs::path& folder, const std::string& name) const {
        outcome<std::optional<secret_bytes>> body = read_tdata_file(folder, name);
        if (!body || !*body) return body;
        byte_reader in(**body);
        auto plain = decrypt(in.qt_bytes());
        if (!plain) return damaged_tdata();
        return plain;
    }

    /// The login of the account of that data name; nothing when nobody is logged in there.
    outcome<std::optional<foreign_account>> account(const std::string& data_name) const;

  private:
    outcome<bool> is_test(const std::string& name) const;

    fs::path folder_;
    std::optional<local_key> key_;
};

/// Keys by data centre.
bool take_keys(byte_reader& in, std::map<int, stored_dc>& to) {
    const auto count = in.be<std::uint32_t>();
    if (count > most_keys) return false;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto dc = in.be<std::int32_t>();
        const byte_view key = in.take(local_key::size);
        if (!in.ok()) return false;
        if (!why_no_login(dc, key).empty()) continue;
        stored_dc& made = to[dc];
        made.auth_key.assign(key.begin(), key.end());
        made.authorized = true;
    }
    return true;
}

outcome<std::optional<foreign_account>> tdata_folder::account(const std::string& data_name) const {
    const std::string name = file_name_of(data_name);
    outcome<std::optional<secret_bytes>> plain = read(folder_, name);
    if (!plain) return plain.error();
    if (!*plain) return std::optional<foreign_account>();
    const wiped guard(**plain);
    outcome<std::optional<foreign_account>> made = account_of_tdata(**plain);
    if (!made || !*made) return made;
    const outcome<bool> test = is_test(name);
    if (!test) return test.error();
    (*made)->test = *test;
    return made;
}

/// The configuration of the servers; one that is written in another way than known says nothing.
outcome<bool> tdata_folder::is_test(const std::string& name) const {
    const outcome<std::optional<secret_bytes>> body = read_tdata_file(folder_ / name, "config");
    if (!body) return body.error();
    if (!*body) return false;
    byte_reader frame(**body);
    const auto plain = decrypt(frame.qt_bytes());
    if (!plain) return false;
    byte_reader file(*plain);
    byte_reader in(file.qt_bytes());
    in.be<std::int32_t>();  // version
    return in.be<std::int32_t>() == test_environment;
}

/// The numbers of the accounts, in the order of Telegram Desktop's list.
outcome<std::vector<std::int32_t>> account_numbers(byte_view info) {
    byte_reader in(info);
    const auto count = in.be<std::int32_t>();
    if (count < 1 || count > most_accounts) return damaged_tdata();
    std::vector<std::int32_t> made;
    for (std::int32_t i = 0; i < count; ++i) {
        const auto number = in.be<std::int32_t>();
        if (!in.ok() || number < 0 || number >= most_accounts) return damaged_tdata();
        if (std::find(made.begin(), made.end(), number) == made.end()) made.push_back(number);
    }
    return made;
}

maybe_session session_of(std::vector<foreign_account> accounts) {
    if (accounts.empty()) return refused("it is a tdata of Telegram Desktop, and nobody is logged in there");
    foreign_session made;
    made.format = "tdesktop-tdata";
    made.accounts = std::move(accounts);
    return made;
}

maybe_session read_accounts(const fs::path& folder, const std::string& data_name, std::string_view passcode) {
    const outcome<std::optional<secret_bytes>> body =
        read_tdata_file(folder, std::string(key_file) + data_name);
    if (!body) return body.error();
    if (!*body) return std::optional<foreign_session>();
    byte_reader in(**body);
    const byte_view salt = in.qt_bytes(), key = in.qt_bytes(), info = in.qt_bytes();
    if (!in.ok()) return damaged_tdata();
    tdata_folder opened(folder);
    if (const outcome<void> unlocked = opened.unlock(salt, key, passcode); !unlocked) return unlocked.error();
    const auto plain = opened.decrypt(info);
    if (!plain) return damaged_tdata();
    const outcome<std::vector<std::int32_t>> numbers = account_numbers(*plain);
    if (!numbers) return numbers.error();
    std::vector<foreign_account> accounts;
    for (const std::int32_t number : *numbers) {
        const std::string name = number == 0 ? data_name : data_name + "#" + std::to_string(number + 1);
        outcome<std::optional<foreign_account>> account = opened.account(name);
        if (!account) return account.error();
        if (*account) accounts.push_back(std::move(**account));
    }
    return session_of(std::move(accounts));
}

/// Before there were several accounts: the key of the files stands in a file "map".
maybe_session read_old(const fs::path& folder, std::string_view passcode) {
    const outcome<std::optional<secret_bytes>> body =
        read_tdata_file(folder / file_name_of(usual_data), "map");
    if (!body) return body.error();
    if (!*body) return std::optional<foreign_session>();
    byte_reader in(**body);
    const byte_view salt = in.qt_bytes(), key = in.qt_bytes();
    if (!in.ok() || salt.empty()) return std::optional<foreign_session>();
    tdata_folder opened(folder);
    if (const outcome<void> unlocked = opened.unlock(salt, key, passcode); !unlocked) return unlocked.error();
    outcome<std::optional<foreign_account>> account = opened.account(std::string(usual_data));
    if (!account) return account.error();
    std::vector<foreign_account> accounts;
    if (*account) accounts.push_back(std::move(**account));
    return session_of(std::move(accounts));
}

}  // namespace

outcome<std::optional<foreign_account>> account_of_tdata(byte_view plain) {
    byte_reader in(plain);
    if (in.be<std::int32_t>() != authorization_block) return damaged_tdata();
    byte_reader block(in.qt_bytes());
    std::int64_t user = block.be<std::int32_t>();
    std::int32_t home = block.be<std::int32_t>();
    if (user == -1 && home == -1) {
        user = block.be<std::int64_t>();
        home = block.be<std::int32_t>();
    }
    std::map<int, stored_dc> dcs;
    if (!block.ok() || !take_keys(block, dcs)) return damaged_tdata();
    const auto at_home = dcs.find(home);
    if (user == 0 || at_home == dcs.end()) return std::optional<foreign_account>();
    outcome<foreign_account> made = account_of(home, at_home->second.auth_key);
    if (!made) return made.error();
    made->login.dcs = std::move(dcs);
    made->login.user_id = user;
    return std::optional<foreign_account>(std::move(*made));
}

maybe_session read_tdata(const fs::path& folder, std::string_view passcode) {
    if (const std::string data_name = data_name_in(folder); !data_name.empty())
        return read_accounts(folder, data_name, passcode);
    return read_old(folder, passcode);
}

}  // namespace mtproto::foreign
