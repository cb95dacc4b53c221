// What is kept of each account: its session, what is known of it, and the chats that it has met.
#pragma once

#include <mtproto/known_peer.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mtpipe {

/// The account that there is without a name; its session stands where it always stood.
inline constexpr std::string_view default_account = "default";

/// Letters, digits, - and _ , at most 64: it is part of a file's name.
bool is_account_name(std::string_view name);

/// For mtproto::file_session. Makes the folder. An empty name is that of the default account. Throws
/// command_error.
std::filesystem::path session_base(const std::string& account);

/// The files of one account on one cluster.
class account_files {
  public:
    account_files(std::string account, std::string cluster);

    const std::string& name() const noexcept { return name_; }
    std::filesystem::path session() const;
    bool exist() const;
    /// Those that are there get the name `to`; the session last. Throws command_error.
    void rename(const account_files& to) const;
    /// Throws command_error.
    void remove() const;

    std::filesystem::path note() const { return beside(".json"); }
    std::filesystem::path peers() const { return beside(".peers"); }

  private:
    std::filesystem::path beside(const char* ending) const;

    std::string name_;
    std::string cluster_;
};

/// The accounts that have a session on the cluster, the default one first.
std::vector<std::string> account_names(const std::string& cluster);

/// What was known of an account when it was last signed in or checked.
struct account_note {
    std::int64_t user_id = 0;
    std::string name;
    std::string username;
    std::optional<bool> bot;
    std::optional<bool> premium;
    std::string state;          ///< "ok", or why it does not serve; empty: never checked
    std::int64_t last_use = 0;  ///< Unix time; 0: not known
};

/// Empty where there is none, or none that can be read: it is a convenience.
account_note read_note(const account_files& of);
/// One that cannot be written is no error.
void write_note(const account_files& of, const account_note& note);
/// Notes the time in a note that there is.
void mark_used(const account_files& of);

std::vector<mtproto::known_peer> read_peers(const account_files& of);
/// Throws mtproto::error.
void write_peers(const account_files& of, const std::vector<mtproto::known_peer>& peers);

}  // namespace mtpipe
