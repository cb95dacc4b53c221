// Several accounts as one: each stream over the account that serves it best, or striped over several.
#pragma once

#include <mtproto/client.hpp>
#include <mtproto/clock.hpp>
#include <mtproto/config.hpp>
#include <mtproto/error.hpp>
#include <mtproto/log.hpp>
#include <mtproto/media.hpp>
#include <mtproto/media_opener.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtproto {

namespace pooling {
class account_pool;
}

/// One account of a pool, and what it has done there.
struct pool_account {
    pool_account() = default;

    std::string name;
    bool serves = true;  ///< it has not left the pool
    failure why;         ///< it has left, or is frozen: the server's word
    bool premium = false;
    std::int64_t bytes = 0;  ///< of files that it has brought
    int streams = 0;         ///< that it brings now
    int flood_waits = 0;     ///< that servers have asked it for, of files
    int errors = 0;          ///< by which it could not bring a stream on
    double rate = 0;         ///< bytes a second that it has shown; 0: nothing is known
    std::optional<time_point> waits_until = std::nullopt;  ///< the end of its latest flood wait of files
};

/// Assign the members that differ from the defaults.
struct pool_options {
    pool_options() = default;

    /// Bytes in flight, or received and unread, over all streams of the pool.
    std::size_t byte_budget = 32u << 20;
    /// A flood wait that is longer than this, or than what a stream has at hand, moves the stream.
    duration patience = std::chrono::seconds(30);
    /// For streams that do not choose their own.
    mtproto::verification verification = mtproto::verification::cdn;
    /// The longest wait that is waited out, when all accounts wait (config::max_wait).
    duration max_wait = std::chrono::hours(1);
    /// Called when an account leaves the pool or is frozen, with the reason in `why`. Runs on the pool's
    /// executor; must not block, throw, or call the pool.
    std::function<void(const pool_account&)> on_leave = {};
    log_sink log = {};
};

/// Accounts that open the same files. It resolves links and opens media as a client does, so all sinks work
/// over it:
///
///     mtproto::pool tg(executor);
///     tg.add("first", std::move(one));                  // clients that are connected and logged in
///     tg.add("second", std::move(another), true);
///     mtproto::media film = co_await tg.resolve("https://t.me/durov/43");
///     mtproto::stream_options options;
///     options.accounts = 2;
///     mtproto::byte_stream in = tg.open(film, {}, options);
///
/// A stream stays with its account. It goes on over another one that can see the file when its account leaves
/// the pool, falls silent, or has to wait for longer than the stream has bytes at hand. A wait is kept in
/// full by each account. When all wait, the stream waits for the first, and its progress says so
/// (wait_info::accounts). Only an account that is a member opens a private link; what one may not see it is
/// not asked for again within an hour. No account ever joins a chat by itself.
///
/// A media that any account of the pool has resolved can be opened by all that can see it: each asks for its
/// own reference by the link. Errors are those of client; where all accounts have failed, the last one's.
///
/// Not thread safe: all functions are called on the executor, which runs one handler at a time.
class pool final : public media_opener {
  public:
    using executor_type = boost::asio::any_io_executor;

    explicit pool(executor_type executor, pool_options options = {});
    pool(pool&&) noexcept;
    pool& operator=(pool&&) noexcept;
    /// Closes, as close() does, and waits for nothing.
    ~pool() override;

    executor_type get_executor() const noexcept override;

    /// Takes a client of the pool's executor, connected and logged in. `lease`: kept until the account has
    /// left and its client is closed. Throws errc::bad_argument for a name that is there already.
    void add(std::string name, client account, bool premium = false,
             std::shared_ptr<const void> lease = nullptr);
    /// Its streams go on over other accounts, or end. The client is closed.
    void remove(const std::string& name);
    /// For calls of one's own; null when there is none of this name, or it has left.
    client* find(const std::string& name) noexcept;
    /// In the order in which they were added, those that have left, too.
    std::vector<pool_account> accounts() const;

    /// As client::resolve, by the accounts that may see the link, one after the other. Throws
    /// errc::not_authorized when there is no account left.
    boost::asio::awaitable<media> resolve(std::string link);
    byte_stream open(const media& file, byte_range range = {}, stream_options options = {}) override;
    boost::asio::awaitable<std::vector<file_hash>> hashes(media file, byte_range range = {}) override;

    /// Closes all clients. Streams end with errc::connection_closed.
    boost::asio::awaitable<void> close();

  private:
    void end() noexcept;

    executor_type executor_;
    std::shared_ptr<pooling::account_pool> accounts_;  ///< none once closed
};

}  // namespace mtproto
