// The runtime: data-centre pool, stored session, authorizations. One verb a source file.
#pragma once

#include "client/dc_table.hpp"
#include "client/kept_session.hpp"
#include "client/runtime.hpp"
#include "net/connection.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::core {

/// Of connections for files to one data centre. Official clients open at most 8; a server kills 20 (protocol
/// 8.8).
inline constexpr int most_lines = 16;

/// Not thread safe: lives on its environment's executor. Owned by shared_ptr.
class engine final : public runtime, public std::enable_shared_from_this<engine> {
  public:
    engine(io::environment where, config settings, std::shared_ptr<const void> keep, runtime_limits limits);
    ~engine() override;

    io::awaitable<outcome<void>> connect() override;
    io::awaitable<outcome<bool>> authorized() override;
    io::awaitable<outcome<account>> login(login_ui& ui) override;
    io::awaitable<outcome<account>> login_bot(std::string token) override;
    io::awaitable<outcome<void>> logout() override;
    io::awaitable<outcome<bytes>> call(bytes request, std::string_view method, call_options options) override;
    io::awaitable<outcome<std::shared_ptr<file_line>>> line(int dc, int index) override;

    io::awaitable<outcome<std::shared_ptr<file_line>>> cdn_line(int dc, int index) override;

    const std::shared_ptr<wait_list>& waits() const noexcept override { return waits_; }
    const io::environment& environment() const noexcept override { return shared_->where; }
    const config& settings() const noexcept override { return settings_; }
    void close() noexcept override;

    // For file lines.

    /// Makes sure that the account may ask `dc`: exports the authorization from the home data centre and
    /// imports it there, once, however many ask for it, who all hear of a failure (protocol 7.5). Nothing to
    /// do at home, or before a login.
    io::awaitable<outcome<void>> ensure_authorized(int dc);
    /// How often the account was authorized at `dc`. Taken before a request, it tells authorization_lost
    /// which authorization the answer is about.
    int authorizations(int dc);
    /// The data centre said that it knows no authorization: the next ensure_authorized imports it again. At
    /// home, the login is gone. Nothing happens when there was another one since `authorization`.
    void authorization_lost(int dc, int authorization);
    /// protocol 8.6.
    io::awaitable<bool> look_elsewhere(int dc) override;
    std::optional<time_point> announced_wait(int dc) override;
    /// What carries the `index`-th line to `dc` now. Another one when the addresses for files are others.
    std::shared_ptr<net::connection> carrier(int dc, int index);
    /// The same, if it is there already.
    std::shared_ptr<const net::connection> present_carrier(int dc, int index) const;
    bool is_home(int dc) const noexcept { return dc == session_.home(); }

  private:
    struct centre;
    struct cdn;

    // connect.cpp
    outcome<void> load();
    io::awaitable<outcome<void>> refresh_config();
    io::awaitable<outcome<void>> fetch_config();
    io::awaitable<void> refresh_if_due();
    void addresses_are_wrong();
    void keep_key(int dc, bool made);

    // centres.cpp
    io::awaitable<outcome<centre*>> find_centre(int dc);
    centre& centre_of(int dc);
    net::connection& main_of(centre& at);
    std::shared_ptr<net::connection> make_connection(centre& at, bool for_files, int place);
    std::vector<io::endpoint> media_addresses(const centre& at) const;
    int lines_allowed(const centre& at) const;
    int place_of(const centre& at, int index) const;

    // media_rest.cpp
    bool may_rest(int dc);
    io::awaitable<outcome<void>> probe_media(int dc);
    static io::awaitable<void> leave_or_stay(std::shared_ptr<engine> self, int dc);
    static io::awaitable<void> revise_rest(std::shared_ptr<engine> self, int dc, duration pause);
    void end_rest(centre& at);
    static void let_go_lines(centre& at);

    // cdns.cpp
    io::awaitable<outcome<cdn*>> find_cdn(int dc);
    io::awaitable<outcome<std::vector<crypto::rsa_public_key>>> cdn_keys(int dc);

    // authorize.cpp
    io::awaitable<outcome<void>> import_authorization(centre& at);

    // call.cpp
    io::awaitable<outcome<bytes>> call_at(int dc, const bytes& request, const std::string& method,
                                          bool idempotent);
    bool may_follow(const std::string& method, int dc) const;
    io::awaitable<outcome<void>> rest_until(time_point when);
    io::awaitable<outcome<void>> wait_out_floods(int dc, const std::string& method, wait_list::request& here);
    io::awaitable<outcome<bytes>> ask_main(centre& at, const bytes& request, const std::string& method,
                                           bool idempotent, wait_list::request& here);

    // login.cpp, password.cpp
    io::awaitable<outcome<bytes>> send_code(login_ui& ui, std::string& phone);
    io::awaitable<outcome<account>> sign_in(login_ui& ui, std::string phone, std::string code_hash,
                                            code_info about, bool by_email);
    io::awaitable<outcome<account>> check_password(login_ui& ui);
    outcome<account> logged_in(const bytes& authorization);

    config settings_;
    runtime_limits limits_;
    std::shared_ptr<net::services> shared_;
    std::shared_ptr<wait_list> waits_;
    dc_table table_;
    dc_table cdn_table_{std::vector<dc_address>()};
    kept_session session_;
    std::map<int, std::unique_ptr<centre>> centres_;
    std::map<int, std::unique_ptr<cdn>> cdns_;
    int tmp_sessions_ = 1;  // sessions that one key may have at a data centre without media addresses
    std::optional<time_point> config_due_;
    std::optional<time_point> config_asked_;
    int configs_fetched_ = 0;
    bool refreshing_ = false;
    io::event refreshed_;
    bool connected_ = false;
    io::event closing_;  // wakes those that rest
    bool closed_ = false;
};

/// What is known of one data centre.
struct engine::centre {
    centre(int number, const io::asio::any_io_executor& executor)
        : dc(number), key(std::make_shared<net::key_slot>(executor)), changed(executor) {}

    /// The key that connections to its addresses use, the media-only ones or the others.
    const std::shared_ptr<net::key_slot>& key_for(bool media) const {
        const std::shared_ptr<net::key_slot>& temporary = media ? temporary_for_media : temporary_key;
        return temporary ? temporary : key;
    }

    int dc;
    std::shared_ptr<net::key_slot> key;  // the permanent one, which is stored
    // With forward secrecy: in memory only, and bound to that one.
    std::shared_ptr<net::key_slot> temporary_key;
    std::shared_ptr<net::key_slot> temporary_for_media;
    std::shared_ptr<net::connection> main;
    std::map<int, std::shared_ptr<net::connection>> for_files;  // but for a line that shares `main`
    std::vector<std::shared_ptr<net::connection>> leaving;      // were for files, until they are idle
    std::map<int, std::shared_ptr<file_line>> lines;
    std::optional<time_point> media_rest_until;  // as its media-only addresses do not serve
    std::optional<time_point> media_answered;    // a probe, when no line to them did
    bool media_in_vain = false;                  // they were left though they answered
    bool looking_elsewhere = false;
    int authorizations = 0;  // imports, and logins at home
    bool importing = false;
    int failed_imports = 0;
    failure import_failure;  // of the last one that failed
    io::event changed;       // an import has ended, or a look for other addresses
};

/// What is known of one CDN.
struct engine::cdn {
    std::vector<crypto::rsa_public_key> rsa_keys;
    std::shared_ptr<net::key_slot> key;  // temporary ones, bound to nothing (protocol 2.15)
    std::map<int, std::shared_ptr<net::connection>> connections;
    std::map<int, std::shared_ptr<file_line>> lines;
};

/// A request whose name says that it only reads may be sent again when it is unknown what became of it.
bool is_read(std::string_view method) noexcept;

}  // namespace mtproto::core
