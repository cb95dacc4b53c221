// The places of one stream of a pool: which accounts bring it, and when that changes.
#pragma once

#include "download/file_hashes.hpp"
#include "download/stream_places.hpp"
#include "download/task.hpp"
#include "pool/account_pool.hpp"
#include "pool/stream_watch.hpp"

#include <mtproto/media.hpp>
#include <mtproto/verification.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace mtproto::pooling {

/// Its downloads hold it. Parts of an account that joins are proved by the file's hashes, whichever account
/// tells them: the same numbers are the same file.
class pool_stream final : public download::stream_places, public std::enable_shared_from_this<pool_stream> {
  public:
    struct options {
        verification proof = verification::cdn;
        int most_accounts = 1;
        duration max_wait = duration::max();
    };

    /// Begins over an account that is known to have the file. Error: there is none.
    static outcome<std::shared_ptr<pool_stream>> make(std::shared_ptr<account_pool> pool, media file,
                                                      options how);
    ~pool_stream() override;

    /// An account has left the pool.
    void left(const member& gone, const failure& why);

    /// The one that it begins with, if that is not gone.
    const std::shared_ptr<download::source_choice>& first() const { return present_.front().place.source; }

    std::vector<download::stream_place> present() override;
    void began(download::range_download& which) override;
    void ended(download::range_download& which) noexcept override;
    std::optional<time_point> look(download::range_download& which) override;
    bool failed(download::range_download& which, const std::shared_ptr<download::source_choice>& at,
                const failure& why) override;
    bool seeking() const noexcept override { return static_cast<bool>(seek_); }
    void brought(const download::source_choice& at, std::int64_t count) noexcept override;
    std::optional<wait_info> wait(std::optional<wait_info> of_present, time_point now) override;

  private:
    /// An account that brings it.
    struct brings {
        std::shared_ptr<member> who;
        download::stream_place place;
        time_point since{};
        std::int64_t bytes = 0;  ///< since then, or since others were asked to stand in
    };

    pool_stream(std::shared_ptr<account_pool> pool, media file, options how);

    void take(const std::shared_ptr<member>& who, const media& file, bool first);
    void drop(const member& who, const download::range_download* but = nullptr);
    void drop_joined();
    void drop_silent();
    void move_to(const std::shared_ptr<member>& who, const media& file);
    std::optional<time_point> all_wait_until() const;
    std::set<int> excluded() const;
    choice others() const;
    bool others_may() const;
    brings* find(const download::source_choice& at) noexcept;
    void fail(const failure& why);

    /// One more account is looked for; `waits`: also one that has to wait now.
    void seek(change why, bool waits);
    static io::awaitable<void> run_seek(std::shared_ptr<pool_stream> self,
                                        std::shared_ptr<download::task> own, change why, bool waits);
    void found(const std::shared_ptr<member>& who, const media& file, change why);

    std::shared_ptr<account_pool> pool_;
    media file_;
    options how_;
    std::shared_ptr<download::file_hashes> hashes_;
    std::vector<brings> present_;    ///< never empty: the last one stays until another is found
    bool orphaned_ = false;          ///< that one is no more
    bool misplaced_ = false;         ///< another one would do better from the beginning on
    std::map<int, failure> failed_;  ///< by account; what was the network's is forgiven when bytes come
    std::vector<download::range_download*> downloads_;
    stream_watch watch_;
    std::int64_t brought_ = 0;
    struct {
        std::int64_t position = -1;  ///< of the reader, and since when
        time_point moved{};
        time_point next{};
        bool under_way = false;
    } looks_;
    download::task_owner seek_;
};

}  // namespace mtproto::pooling
