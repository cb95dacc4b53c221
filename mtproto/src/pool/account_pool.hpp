// The accounts of a pool, what they know together, and the streams over them.
#pragma once

#include "client/client_lifetime.hpp"
#include "download/block_cache.hpp"
#include "io/timers.hpp"
#include "pool/account_choice.hpp"
#include "pool/denials.hpp"
#include "pool/file_book.hpp"
#include "pool/member.hpp"
#include "schedule/byte_budget.hpp"

#include <mtproto/pool.hpp>

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mtproto::pooling {

class pool_stream;

/// Not thread safe.
class account_pool : public std::enable_shared_from_this<account_pool> {
  public:
    account_pool(io::asio::any_io_executor executor, pool_options options);
    account_pool(const account_pool&) = delete;
    account_pool& operator=(const account_pool&) = delete;
    ~account_pool();

    const pool_options& options() const noexcept { return options_; }
    const io::asio::any_io_executor& executor() const noexcept { return executor_; }
    const std::shared_ptr<core::client_lifetime>& lifetime() const noexcept { return lifetime_; }
    schedule::byte_budget& budget() noexcept { return budget_; }
    download::block_cache& cache() noexcept { return *cache_; }
    file_book& files() noexcept { return files_; }
    std::vector<std::shared_ptr<member>>& members() noexcept { return members_; }
    /// Of the accounts; there must be one, or have been.
    io::timers& time() const noexcept { return *members_.front()->account->environment().time; }
    time_point now() const { return members_.empty() ? time_point{} : time().now(); }

    void add(std::shared_ptr<member> one) { members_.push_back(std::move(one)); }
    member* find(std::string_view name) noexcept;
    /// It leaves, with a word: its streams go on elsewhere, its client is closed.
    void leave(member& one, const failure& why);
    /// Ends all streams and closes all clients.
    void end(const failure& why) noexcept;

    /// Accounts for a file at `dc`, or, where that is 0, for a request about `chat`.
    choice choose(const std::string& chat, int dc, std::int64_t size, const std::set<int>& except);
    /// What a failure says of the account is noted: it may leave by that. `chat`: that it was about; may be
    /// empty.
    void note(member& one, const std::string& chat, int dc, const failure& why);

    void opened(pool_stream& which) { streams_.push_back(&which); }
    void closed(pool_stream& which) noexcept { std::erase(streams_, &which); }

    /// The media of a link, as `one` finds it. Given up after a while unless it is the last.
    static io::awaitable<outcome<media>> resolve_by(std::shared_ptr<account_pool> self,
                                                    std::shared_ptr<member> one, std::string link, bool last);
    static io::awaitable<outcome<media>> resolve(std::shared_ptr<account_pool> self, std::string link);
    /// `file` as `one` opens it.
    static io::awaitable<outcome<media>> locate(std::shared_ptr<account_pool> self,
                                                std::shared_ptr<member> one, media file);
    static io::awaitable<outcome<std::vector<file_hash>>> hashes(std::shared_ptr<account_pool> self,
                                                                 media file, byte_range range);

  private:
    void log(log_level level, const std::string& line) const;
    void tell(const member& one) const;

    io::asio::any_io_executor executor_;
    pool_options options_;
    std::shared_ptr<core::client_lifetime> lifetime_;
    schedule::byte_budget budget_;
    std::shared_ptr<download::block_cache> cache_;
    std::vector<std::shared_ptr<member>> members_;
    file_book files_;
    denials denials_;
    std::vector<pool_stream*> streams_;
};

}  // namespace mtproto::pooling
