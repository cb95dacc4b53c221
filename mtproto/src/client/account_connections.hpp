// One account on its connections, as the rooms above see it: requests, connections for files, waits.
#pragma once

#include "client/undecodable.hpp"
#include "client/wait_list.hpp"
#include "io/environment.hpp"
#include "io/exception_holder.hpp"
#include "rpc/flood_policy.hpp"

#include <mtproto/config.hpp>
#include <mtproto/error.hpp>
#include <mtproto/login.hpp>
#include <mtproto/tl/codec.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace mtproto::download {
struct account_downloads;
}

namespace mtproto::core {

class peer_cache;

/// How one request is to be sent.
struct call_options {
    call_options() = default;
    explicit call_options(int at) : dc(at) {}

    int dc = 0;              ///< 0: the home data centre
    bool idempotent = true;  ///< may be sent again when the first answer was lost
};

/// Brings the answers to requests of the API.
class invoker {
  public:
    virtual ~invoker() = default;
    /// Any request, serialized and boxed, to the answer's bytes. Waits out floods, follows migrations,
    /// imports the authorization where it is missing, retries what section 6 says can be retried.
    virtual io::awaitable<outcome<bytes>> call(bytes request, std::string_view method,
                                               call_options options) = 0;
};

/// A typed request. An answer that cannot be read is undecodable(). All arguments outlive the call.
template <class Method>
io::awaitable<outcome<typename Method::response>> call(invoker& over, const Method& request,
                                                       call_options options = {}) {
    const outcome<bytes> answer = co_await over.call(tl::encode(request), Method::tl_name, options);
    if (!answer) co_return answer.error();
    auto value = tl::decode<typename Method::response>(*answer);
    if (!value) co_return undecodable(value.error(), Method::tl_name);
    co_return std::move(*value);
}

/// One connection that carries file requests to one data centre: authorized, initialized, reconnecting by
/// itself. Lives as long as the account. The errors of section 6 come back as they are: waits and migrations
/// are the caller's.
class file_connection {
  public:
    virtual ~file_connection() = default;
    /// Cancelling drops the request on the wire. Several calls may be under way at once.
    /// Errors: errc::rpc_error, connection_closed (lost while waiting: ask again), cancelled, ...
    virtual io::awaitable<outcome<bytes>> call(bytes request, std::string_view method) = 0;
    /// Returns once it is certain that the connection is alive; one that is not connects anew, within
    /// seconds. Errors: those of a connection that cannot be made; cancelled.
    virtual io::awaitable<outcome<void>> check() = 0;
    /// Round trips measured so far give this; 0 before the first.
    virtual duration min_rtt() const = 0;
    /// The wait of the calls under way, as far as the connection causes it; nothing while it serves.
    virtual std::optional<wait_info> wait() const { return std::nullopt; }
    /// Whether calls are under way and the connection is as it should be.
    virtual bool serves() const { return false; }
};

/// Choices that are no embedder's. Tests shorten them.
struct account_options {
    account_options() = default;

    /// How long temporary keys live (protocol 3.1).
    std::chrono::seconds temporary_key_lifetime = std::chrono::hours(24);
};

/// Objects of the rooms above that live as long as the account: each is made by its room when first needed,
/// and must not hold the account.
struct attachments {
    std::shared_ptr<peer_cache> peers;                       ///< of the room media
    std::shared_ptr<download::account_downloads> downloads;  ///< of the room download
};

/// One account on one cluster: its session, its data centres, and all that they told it. Any number of
/// accounts may stand on one environment and know nothing of each other. Only `compute` is not to be shared:
/// an account stops its threads when it is closed. Not thread safe: lives on the environment's executor.
class account_connections : public invoker {
  public:
    /// `alive`: the environment's objects live in it, released after the last use of them. exceptions() holds
    /// whatever the log, the callbacks and the store throw.
    static std::shared_ptr<account_connections> make(io::environment environment, config settings,
                                                     std::shared_ptr<const void> alive = nullptr,
                                                     account_options options = {});

    virtual io::awaitable<outcome<void>> connect() = 0;
    virtual io::awaitable<outcome<bool>> authorized() = 0;
    virtual io::awaitable<outcome<account>> login(login_ui& ui, login_options options) = 0;
    virtual io::awaitable<outcome<account>> login_bot(std::string token) = 0;
    virtual io::awaitable<outcome<void>> logout() = 0;

    /// The `index`-th connection for files at `dc` (a media-only endpoint where there is one), made when
    /// first asked for, its authorization imported once for the data centre.
    virtual io::awaitable<outcome<std::shared_ptr<file_connection>>> connection_for_files(int dc,
                                                                                          int index) = 0;

    /// The `index`-th connection to the CDN `dc` (protocol 8.3), made when first asked for under a key of the
    /// CDN's own. Nobody is signed in there. Its RSA keys and its addresses come from the home data centre;
    /// errc::not_found when that does not know it.
    virtual io::awaitable<outcome<std::shared_ptr<file_connection>>> connection_to_cdn(int dc, int index) = 0;

    /// The waits of requests under way; rooms above add their own.
    virtual const std::shared_ptr<wait_list>& waits() const noexcept = 0;
    /// To be called when not a byte comes over the connections for files to `dc`. Where its media-only
    /// addresses do not serve and the others do, files come from those for a while. True when they do now.
    virtual io::awaitable<bool> look_elsewhere(int /*dc*/) { co_return false; }
    /// The end of the flood waits for the requests that a connection for files to `dc` begins with; nothing
    /// when there is none.
    virtual std::optional<time_point> announced_wait(int /*dc*/) { return std::nullopt; }

    /// The waits that servers asked the account for; null where nothing is sent.
    virtual rpc::flood_policy* floods() noexcept { return nullptr; }

    virtual const io::environment& environment() const noexcept = 0;
    virtual const config& settings() const noexcept = 0;
    virtual void close() noexcept = 0;

    /// `told` hears the reason when the account ends by itself, just before it closes: its lease was lost.
    void on_end(std::function<void(const failure& why)> told) { told_of_end_ = std::move(told); }

    core::attachments& attachments() noexcept { return attachments_; }
    const std::shared_ptr<io::exception_holder>& exceptions() const noexcept { return exceptions_; }

  protected:
    void tell_end(const failure& why) {
        if (told_of_end_) told_of_end_(why);
    }

  private:
    std::function<void(const failure&)> told_of_end_;
    core::attachments attachments_;
    std::shared_ptr<io::exception_holder> exceptions_ = std::make_shared<io::exception_holder>();
};

}  // namespace mtproto::core
