// The client: logs in, resolves links, opens media, calls any method of the API.
#pragma once

#include <mtproto/byte_stream.hpp>
#include <mtproto/config.hpp>
#include <mtproto/error.hpp>
#include <mtproto/login.hpp>
#include <mtproto/media.hpp>
#include <mtproto/tl/codec.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mtproto {

namespace core {
class account_connections;
}

/// One account on one cluster, tied to one executor that must run one handler at a time (a strand, or one
/// thread). Not thread safe. Destroying it closes every connection; streams opened from it must be gone
/// before. Functions that wait throw mtproto::error and can be cancelled as Asio does it.
class client {
  public:
    client(boost::asio::any_io_executor executor, config settings);
    /// For a runtime made elsewhere, as tests over pipes do.
    explicit client(std::shared_ptr<core::account_connections> runtime) noexcept;
    client(client&&) noexcept;
    client& operator=(client&&) noexcept;
    ~client();

    /// The one that it was made with.
    boost::asio::any_io_executor get_executor() const;

    /// Loads the session, connects to the home data centre (making its authorization key at the first time)
    /// and fetches the configuration.
    boost::asio::awaitable<void> connect();
    /// Whether a login is kept and the server still accepts it.
    boost::asio::awaitable<bool> authorized();

    /// Logs a user in: phone number, code, and password if the account has one.
    boost::asio::awaitable<account> login(login_ui& ui);
    /// Logs a bot in with the token that @BotFather gave.
    boost::asio::awaitable<account> login_bot(std::string token);
    /// Ends the login on the server, removes the stored session and closes this client for good: for another
    /// login make another client.
    boost::asio::awaitable<void> logout();

    /// The media that a link points to. Throws errc::bad_link, not_found, no_media, protected_content.
    boost::asio::awaitable<media> resolve(std::string link);
    /// A stream over a file or a range of it. No I/O yet.
    byte_stream open(const media& file, byte_range range = {}, stream_options options = {});
    /// What the server says that the pieces of the file hash to which lie in `range` or touch it (protocol
    /// 8.4), in order and without overlap: what is on disk already can be proved by them. A piece that the
    /// server states no hash for is missing. One request a MiB, several at once over the connections for
    /// files; floods are waited out, an expired file reference is renewed. Throws errc::rpc_error,
    /// connection_closed ..., and malformed for hashes that cannot be the file's. Cancellation drops what is
    /// under way on the wire.
    boost::asio::awaitable<std::vector<file_hash>> hashes(media file, byte_range range = {});

    /// Any method of the API, by its schema name: `tl::help::getNearestDc request; co_await
    /// tg.call(request)`. Name the request before awaiting it (g++ 12 destroys a temporary aggregate in a
    /// co_await expression twice); it must live until the call is awaited. Throws errc::rpc_error; flood
    /// waits are waited out (up to config::max_wait), migrations followed. An answer that this library's
    /// layer cannot read throws errc::malformed, truncated or too_large, with failure::is("LAYER_MISMATCH").
    template <class Method>
    boost::asio::awaitable<typename Method::response> call(const Method& request) {
        bytes encoded = tl::encode(request);
        std::string method(Method::tl_name);
        const bytes answer = co_await call_raw(std::move(encoded), std::move(method));
        result<typename Method::response> value = tl::decode<typename Method::response>(answer);
        if (!value) throw_undecodable(value.error(), Method::tl_name);
        co_return std::move(*value);
    }
    /// The same with bytes: a serialized request gives a serialized answer.
    boost::asio::awaitable<bytes> call_raw(bytes request, std::string method);

  private:
    [[noreturn]] static void throw_undecodable(boost::system::error_code why, std::string_view method);

    std::shared_ptr<core::account_connections> runtime_;
};

}  // namespace mtproto
