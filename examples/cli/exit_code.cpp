// Maps failures to exit codes and to advice.
#include "exit_code.hpp"

#include "progress_bar.hpp"
#include "text.hpp"
#include "wait_text.hpp"

#include <mtproto/verdict.hpp>

#include <fmt/core.h>

namespace mtpipe {
namespace {

using mtproto::errc;
using mtproto::meaning;

bool needs_login(const mtproto::failure& what) {
    if (what.code == errc::not_authorized) return true;
    const meaning known = mtproto::verdict_of(what).meaning;
    if (known == meaning::session_ended || known == meaning::account_ended) return true;
    if (what.code != errc::rpc_error) return false;
    return what.rpc_code == 401 && !what.is("SESSION_PASSWORD_NEEDED");
}

bool speaks_another_layer(const mtproto::failure& what) {
    return what.is("LAYER_MISMATCH") || what.is("CONNECTION_LAYER_INVALID");
}

std::string come_back(const mtproto::failure& flood) {
    const std::chrono::seconds wait(flood.value);
    return fmt::format("Telegram asks for a pause of {}: come back at {}, or wait longer with --max-wait",
                       human_time(flood.value), time_after(wait));
}

/// The server does not know them, or has none; that it may have tomorrow is no hope.
bool has_no_hashes(const mtproto::failure& what) {
    if (what.method != "upload.getFileHashes") return false;
    return what.code == errc::bad_part || (what.code == errc::rpc_error && what.rpc_code != 401 &&
                                           what.rpc_code != 406 && what.rpc_code != 420);
}

std::string login_advice(const mtproto::failure& what) {
    const mtproto::verdict known = mtproto::verdict_of(what);
    if (known.meaning == meaning::account_ended) return "run `mtpipe login` with another account";
    if (what.is("AUTH_KEY_DUPLICATED"))
        return "run `mtpipe login` again, and never copy a session that is in use";
    return "run `mtpipe login` first, with the same --dc-info if one is used";
}

std::string advice(const mtproto::failure& what) {
    if (speaks_another_layer(what)) return "update mtpipe, or build it for the server's layer";
    if (what.is("UPDATE_APP_TO_LOGIN")) return "update mtpipe";
    if (needs_login(what)) return login_advice(what);
    if (has_no_hashes(what)) return "the server has no hashes of this file: leave --verify all out";
    const auto code = what.code;
    if (code == errc::bad_link) return "give a link such as https://t.me/durov/43";
    if (code == errc::not_found) return "check the link, and that this account can see the channel";
    if (code == errc::no_media) return "give the link of a message that shows a video, a photo or a file";
    if (code == errc::protected_content) return "ask its owner; mtpipe does not save it";
    if (code == errc::password_needed) return "pass the password on standard input: --password -";
    if (code == errc::connection_failed || code == errc::timed_out)
        return "check the network, and whether the data centres can be reached from here";
    if (code == boost::system::errc::too_many_files_open)
        return "let this process open more files (`ulimit -n`), or give fewer --connections";
    if (code == boost::system::errc::too_many_files_open_in_system)
        return "this machine has too many files open: try again in a while";
    if (code == errc::proxy_failed) return "check --proxy or MTPROTO_PROXY, or go without it";
    constexpr int no_such_key = -404;
    if (code == errc::transport_error && what.rpc_code == no_such_key)
        return "a stored login is kept; try again, or on another network, as anyone on the way can send this";
    if (code == errc::connection_closed || code == errc::transport_error) return "try again in a while";
    if (code == errc::unknown_rsa_key)
        return "the server is not the one it should be: check --dc-info, or the network's honesty";
    if (code == errc::handshake_failed || code == errc::bad_message_key || code == errc::bad_message ||
        code == errc::bad_frame || code == errc::truncated || code == errc::malformed ||
        code == errc::too_large || code == errc::replayed)
        return "someone may be interfering with the connection: try another network";
    if (code == errc::short_part || code == errc::bad_part)
        return "the data is damaged on its way or at the server: try again";
    if (code == errc::file_changed) return "start again to get the new file";
    if (code == errc::io_failed) return "check the space left and the permissions, or choose another -o";
    if (code == errc::remux_failed)
        return "choose another --container (mp4, mov, mkv, webm), or get the file as it is";
    if (code == errc::media_damaged)
        return "what is whole of it was written, and --keep-going takes that for success";
    if (code == errc::rpc_error) {
        if (what.is("API_ID_INVALID")) return "check --api-id and --api-hash against https://my.telegram.org";
        if (what.is("PHONE_NUMBER_INVALID")) return "give the number in international form, as +4912345678";
        if (what.is("ACCESS_TOKEN_INVALID") || what.is("ACCESS_TOKEN_EXPIRED"))
            return "check the bot's token with @BotFather";
        if (what.is("PASSWORD_HASH_INVALID")) return "this is not the two-step verification password";
        if (what.is("FLOOD_WAIT")) return come_back(what);
        const mtproto::verdict known = mtproto::verdict_of(what);
        if (known.meaning == meaning::wait) return "wait that many seconds and try again";
        if (what.is("FROZEN_METHOD_INVALID") && !what.detail.empty()) return "";  // it tells all
        if (!known.next_step.empty()) return std::string(known.next_step);
        return "try again in a while";
    }
    return "";
}

}  // namespace

exit_code code_for(const mtproto::failure& what) {
    if (needs_login(what) || what.code == errc::password_needed || what.is("PASSWORD_HASH_INVALID"))
        return exit_code::not_logged_in;
    if (what.code == errc::bad_link || what.code == errc::bad_argument) return exit_code::usage;
    if (what.code == errc::not_found || what.code == errc::no_media) return exit_code::not_found;
    if (what.code == errc::protected_content) return exit_code::protected_content;
    return exit_code::failed;
}

std::string explain(const mtproto::failure& what) {
    const std::string text = printable(what.message());  // a server chose parts of it
    const std::string next = advice(what);
    return next.empty() ? text : text + "; " + next;
}

}  // namespace mtpipe
