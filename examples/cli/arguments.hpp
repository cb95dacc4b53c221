// What the command line says.
#pragma once

#include "window_choice.hpp"

#include <mtproto/clock.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mtpipe {

/// For every command that talks to data centres.
struct connection_arguments {
    std::string dc_info;  ///< of `mtpipe localdc --info`; empty: Telegram's production servers
    std::int32_t api_id = 0;
    std::string api_hash;
    std::string proxy;                       ///< a link; empty: none
    std::string proxy_origin;                ///< the option or the variable that it comes from
    std::string transport = "intermediate";  ///< abridged, intermediate, padded or full
    bool obfuscated = false;
    bool websocket = false;
    std::string account;          ///< its name; empty: the one without
    std::string passphrase_file;  ///< its first line is the session's passphrase; empty: none is named
    bool forward_secrecy = true;
    mtproto::duration max_wait = std::chrono::hours(1);  ///< of a flood
    bool verbose = false;
};

struct login_arguments {
    std::optional<std::string> bot;  ///< "-": the token comes on standard input
    std::optional<std::string> phone;
    std::optional<std::string> code;      ///< "-": on standard input
    std::optional<std::string> password;  ///< "-": on standard input, after the code
    bool qr = false;                      ///< also where nobody can scan from a terminal
    std::string qr_png;                   ///< a file for the code; empty: none
};

struct logout_arguments {
    bool forget = false;  ///< the session goes, whatever the server says
};

struct info_arguments {
    std::string link;
    bool json = false;
};

struct get_arguments {
    std::string link;
    std::string out = ".";    ///< a file, a folder, or "-" for standard output
    std::string container;    ///< mp4, mov, mkv or webm; empty: as it is
    bool keep_going = false;  ///< a film that is damaged is no error
    bool quiet = false;
    bool progress = false;  ///< even where standard error is no terminal
    bool stats = false;
    bool fresh = false;  ///< whatever part there is of an earlier download
    bool force = false;  ///< a name that the sender chose may replace a file
    int connections = 8;
    window_choice window = {};
    std::string verify = "cdn";      ///< off, cdn or all
    std::int64_t budget = 32 << 20;  ///< bytes
};

struct passphrase_arguments {
    std::string new_file;  ///< its first line; empty: ask
    bool remove = false;
};

struct accounts_arguments {
    enum class verb { list, rename, remove, check, take, give };

    verb action = verb::list;
    std::vector<std::string> names;  ///< of rename: the old and the new one
    bool json = false;
    bool yes = false;
    std::string source = "-";   ///< of import: a file, a folder, or "-" for standard input
    std::string passcode_file;  ///< its first line opens the source; empty: none is named
    bool inspect = false;
    bool adopt = false;
    std::string format = "mtproto";  ///< of export; or "telethon"
    std::string output;              ///< of export: a file, or "-"
    bool force = false;
};

struct localdc_arguments {
    std::string folder;                                           ///< empty: generated files and texts alone
    std::vector<std::pair<std::string, std::int64_t>> generated;  ///< names and sizes, in bytes
    std::string info;
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    int dcs = 3;
    bool media_addresses = true;
    std::optional<int> sessions_a_key;
    double rtt_ms = 0;
    std::int64_t rate = 0;
    double jitter_ms = 0;
    double loss = 0;
    double slow_parts = 0;
    std::int64_t account_rate = 0;
    std::int64_t flood_rate = 0;
    std::int64_t flood_burst = 0;
    std::pair<int, int> flood_wait{3, 15};  ///< seconds
    std::int64_t flood_requests = 0;
    std::int64_t flood_window_bytes = 0;
    int flood_window = 10;  ///< seconds
    int most_connections = 0;
    std::string password;
    std::string recovery_code;
    std::string scanning_phone;
    std::vector<std::string> codes;  ///< how they come; empty: in Telegram
    std::string proxy_secret;
    bool cdn = false;
    bool cdn_empty = false;
    std::vector<int> protect;
    std::vector<std::string> text;
    std::vector<std::string> faults;
    std::string scenario;  ///< a file; empty: none
    std::string accounts;  ///< a file; empty: none
    std::string counts;    ///< a file; empty: none
    std::uint64_t seed = 0;
    bool verbose = false;
};

struct arguments {
    connection_arguments connection;
    std::variant<login_arguments, logout_arguments, info_arguments, get_arguments, passphrase_arguments,
                 accounts_arguments, localdc_arguments>
        command;
};

/// The answer to --help or --version.
struct help_text {
    std::string text;
};

/// Reads the command line, and of the environment what its command needs. When it is wrong, says so and gives
/// the exit code.
std::variant<arguments, help_text, int> parse_arguments(int argc, char** argv);

}  // namespace mtpipe
