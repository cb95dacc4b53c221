// The client: logs in, resolves links, opens media, calls any method of the API.
#pragma once

#include <mtproto/byte_stream.hpp>
#include <mtproto/call_options.hpp>
#include <mtproto/config.hpp>
#include <mtproto/error.hpp>
#include <mtproto/login.hpp>
#include <mtproto/media.hpp>
#include <mtproto/media_opener.hpp>
#include <mtproto/tl/codec.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mtproto {

namespace core {
class account_connections;
class client_lifetime;
}  // namespace core

/// One account on one cluster, tied to one executor that runs one handler at a time: one thread, or a strand.
/// Not thread safe: all functions are called on that executor, or while nothing runs it.
///
///     boost::asio::awaitable<void> example() {
///         mtproto::client tg(co_await boost::asio::this_coro::executor, settings);
///         co_await tg.connect();
///         if (!co_await tg.authorized()) co_await tg.login(ui);
///         mtproto::byte_stream film = tg.open(co_await tg.resolve("https://t.me/durov/43"));
///         ...
///         co_await tg.close();
///     }
///
/// Functions that wait throw mtproto::error. Each of them may throw these besides its own:
/// errc::not_connected before connect(); not_authorized when the login is gone, and after logout(); rpc_error
/// as the server said it, with the fields of failure; connection_failed, timed_out and proxy_failed when no
/// connection can be had; connection_closed when one was lost with the request, and after close();
/// transport_error, handshake_failed, bad_message and its like for a server that does not keep the protocol;
/// cancelled. Flood waits are waited out up to config::max_wait; a longer one is rpc_error with `rpc_code`
/// 420.
///
/// They can be cancelled by Asio's cancellation slots, with the type `terminal`; the request is dropped on
/// the wire then. An awaitable begins when it is awaited, but for close(), which closes at once.
class client : public media_opener {
  public:
    using executor_type = boost::asio::any_io_executor;

    /// No I/O yet. Throws errc::bad_argument for the executor of a thread_pool of more than one thread: make
    /// a strand of it.
    client(executor_type executor, config settings);
    /// For an account made elsewhere, as tests over pipes do.
    explicit client(std::shared_ptr<core::account_connections> account);
    /// One that was moved from may only be assigned to or destroyed.
    client(client&&) noexcept;
    client& operator=(client&&) noexcept;
    /// Closes, as close() does, and waits for nothing: coroutines end as soon as the executor runs again.
    /// Streams that are left end with errc::connection_closed.
    ~client() override;

    executor_type get_executor() const noexcept override;

    /// Loads the session, connects to the home data centre (making its authorization key at the first time)
    /// and fetches the configuration. May be called again. Throws errc::bad_argument for a config that makes
    /// no sense, and session_file for a session that cannot be read.
    boost::asio::awaitable<void> connect();
    /// Whether a login is kept and the server still accepts it.
    boost::asio::awaitable<bool> authorized();

    /// Logs a user in: by phone number and code, or by a token that another device of the account accepts, as
    /// from a QR code; then by password if the account has one. `ui` must outlive the call. Throws
    /// errc::bad_argument while somebody is logged in (logout() ends that), cancelled and password_needed
    /// when `ui` gives up, not_authorized where no login is to be had so, session_file when the login cannot
    /// be stored. What `ui` throws comes out as it was.
    boost::asio::awaitable<account> login(login_ui& ui, login_options options = {});
    /// Logs a bot in with the token that @BotFather gave. Throws errc::bad_argument while somebody is logged
    /// in, and session_file.
    boost::asio::awaitable<account> login_bot(std::string token);
    /// Ends the login on the server, removes the stored session and closes this client for good: each later
    /// call throws errc::not_authorized, "logged out". For another login make another client. Throws
    /// errc::session_file when the session was not removed; the login is over even so.
    boost::asio::awaitable<void> logout();

    /// Closes all connections, and waits until nothing of the client runs any more: coroutines, callbacks,
    /// the thread that computes hashes. Takes milliseconds, and five seconds at most, where something that
    /// the caller has does not end, as a question of login_ui. Calls under way, streams and each later call
    /// throw errc::connection_closed, "the client was closed". May be called twice.
    boost::asio::awaitable<void> close();

    /// The media of the message that a link points to. Throws errc::bad_link, not_found, no_media and
    /// protected_content, each with the reason.
    boost::asio::awaitable<media> resolve(std::string link);
    /// A stream over a file or a range of it. No I/O yet. A range is cut where the file ends. Throws
    /// errc::bad_argument for an empty media, a negative offset, and a negative length other than
    /// byte_range::to_end; connection_closed after close().
    byte_stream open(const media& file, byte_range range = {}, stream_options options = {}) override;
    /// The server's SHA-256 hashes of the pieces that overlap `range`, in order (protocol 8.4). Use them to
    /// verify data that is already on disk. A piece that the server states no hash for is missing. Costs one
    /// request a MiB, several at once over the connections for files; an expired file reference is renewed.
    /// Throws errc::bad_argument as open() does, and malformed for hashes that cannot be the file's.
    boost::asio::awaitable<std::vector<file_hash>> hashes(media file, byte_range range = {}) override;

    /// Any method of the API, by its schema name (include <mtproto/api.hpp>):
    ///
    ///     mtproto::tl::help::getNearestDc request;
    ///     mtproto::tl::nearestDc answer = co_await tg.call(request);
    ///
    /// The request is encoded at once and need not live on. It is sent a second time only where that does no
    /// harm (call_options::idempotent). Migrations are followed. Throws errc::timed_out after
    /// call_options::timeout; bad_argument for a data centre that has no address; malformed, truncated or
    /// too_large, with failure::is("LAYER_MISMATCH"), for an answer that this library's layer cannot read.
    ///
    /// g++ 12 destroys an aggregate twice that is made inside a co_await expression: name the request first.
    template <class Method>
    boost::asio::awaitable<typename Method::response> call(const Method& request, call_options options = {}) {
        return decoded<Method>(call_raw(tl::encode(request), std::string(Method::tl_name), options));
    }
    /// The same with bytes: a serialized request gives a serialized answer. `method` is the schema's name of
    /// the request, for errors and for is_idempotent().
    boost::asio::awaitable<bytes> call_raw(bytes request, std::string method, call_options options = {});

  private:
    friend class pool;

    template <class Method>
    static boost::asio::awaitable<typename Method::response> decoded(boost::asio::awaitable<bytes> call) {
        const bytes answer = co_await std::move(call);
        result<typename Method::response> value = tl::decode<typename Method::response>(answer);
        if (!value) throw_undecodable(value.error(), Method::tl_name);
        co_return std::move(*value);
    }
    void end() noexcept;
    [[noreturn]] static void throw_undecodable(boost::system::error_code why, std::string_view method);

    std::shared_ptr<core::client_lifetime> lifetime_;
    std::shared_ptr<core::account_connections> account_;  ///< none once closed
};

}  // namespace mtproto
