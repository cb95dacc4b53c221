// One data centre as one account uses it: its keys, its main connection, and the connections for files.
#pragma once

#include "client/account_state.hpp"
#include "client/media_rest.hpp"
#include "io/event.hpp"
#include "net/connection.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::core {

/// The most connections for files to one data centre. Official clients open at most 8; a server kills 20
/// (protocol 8.8).
inline constexpr int most_file_connections = 16;

/// Not thread safe. Owned by shared_ptr.
class data_centre : public std::enable_shared_from_this<data_centre> {
  public:
    data_centre(int number, std::shared_ptr<account_state> account);

    /// The permanent one, which is stored.
    net::key_slot& key() noexcept { return *key_; }

    /// Carries all but files.
    const std::shared_ptr<net::connection>& main_connection();
    /// The answer over the main connection, as the server gives it. All arguments outlive the call.
    io::awaitable<outcome<bytes>> ask(const bytes& request, const std::string& method, bool idempotent,
                                      wait_list::request& wait);
    /// Carries the `index`-th file connection now. Another one does when the addresses for files are others.
    std::shared_ptr<net::connection> carrier(int index);
    /// The same, if it is there already.
    std::shared_ptr<const net::connection> present_carrier(int index) const;

    /// To be called when not a byte of files comes. Where the media-only addresses do not serve and the
    /// others do, files come from those for a while. True when they do now.
    io::awaitable<bool> look_elsewhere();
    /// A request for a file was answered with the file.
    void served_file() noexcept { rest_.served(); }
    /// It was answered with an error of the data centre's own. True when media-only addresses have done so
    /// too often in a row: look_elsewhere() may leave them.
    bool refused_file();
    /// Goes back to media-only addresses whose rest is over. Not under requests: they would begin anew.
    void end_rest();
    /// Takes the newest of the account's configuration.
    void set_addresses();
    /// Gives up the permanent key, as nothing stands for it any more.
    void forget_key();
    void close() noexcept;

  private:
    // data_centre.cpp
    const std::shared_ptr<net::key_slot>& key_for(bool media) const noexcept;
    std::shared_ptr<net::connection> make_connection(bool for_files, int place);
    std::vector<io::endpoint> media_addresses() const;
    int connections_allowed() const;
    int place_of(int index) const;

    // media_probes.cpp
    bool may_leave_media() const;
    io::awaitable<outcome<void>> probe_media();
    static io::awaitable<void> leave_or_stay(std::shared_ptr<data_centre> self);
    static io::awaitable<void> return_early(std::shared_ptr<data_centre> self, duration pause);
    io::awaitable<void> end_leaving();
    void close_file_connections() noexcept;

    int number_;
    std::shared_ptr<account_state> account_;
    std::shared_ptr<net::key_slot> key_;
    // With forward secrecy: in memory only, and bound to that one.
    std::shared_ptr<net::key_slot> temporary_key_;
    std::shared_ptr<net::key_slot> temporary_media_key_;
    std::shared_ptr<net::connection> main_;
    std::map<int, std::shared_ptr<net::connection>> for_files_;  // but for the one that shares main_
    std::vector<std::shared_ptr<net::connection>> leaving_;      // were for files, until they are idle
    media_rest rest_;
    bool looking_ = false;
    io::event looked_;
};

}  // namespace mtproto::core
