// Recent blocks of all documents of a client, in the part of its byte budget that nothing else needs.
#pragma once

#include "client/account_connections.hpp"
#include "download/shared_file.hpp"
#include "schedule/byte_budget.hpp"

#include <mtproto/media.hpp>
#include <mtproto/verification.hpp>

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mtproto::download {

/// Tells documents apart, and bytes that were proved from others.
struct document_key {
    std::int64_t id = 0;
    bool photo = false;
    std::string thumb_size;
    verification proved = verification::off;

    friend auto operator<=>(const document_key&, const document_key&) = default;
};

/// The blocks used least recently go first. Not thread safe. The budget outlives all use but the destruction.
class block_cache final : public schedule::byte_budget::borrower,
                          public std::enable_shared_from_this<block_cache> {
  public:
    explicit block_cache(schedule::byte_budget& budget) : budget_(budget) {}
    ~block_cache() override;

    /// The document's one and only, as long as anybody has it or its blocks are here.
    std::shared_ptr<shared_file> file(const document_key& key, const io::asio::any_io_executor& executor,
                                      std::int64_t size);

    std::int64_t bytes_kept() const noexcept { return held_; }
    void let_go(std::int64_t count) noexcept override;

  private:
    friend class shared_file;

    struct block {
        std::shared_ptr<shared_file> file;
        std::shared_ptr<shared_file::piece> piece;
    };

    /// Keeps a piece that has come, if there is room for it.
    bool add(std::shared_ptr<shared_file> file, std::shared_ptr<shared_file::piece> piece);
    void used(const std::vector<std::shared_ptr<shared_file::piece>>& pieces);
    void evict(std::list<block>::iterator which) noexcept;
    std::list<block>::iterator least_needed();

    schedule::byte_budget& budget_;
    std::map<document_key, std::weak_ptr<shared_file>> files_;
    std::list<block> blocks_;  ///< used least recently first
    std::int64_t held_ = 0;
};

/// `file` as all streams of one client share it that ask for the same proof.
std::shared_ptr<shared_file> shared_file_of(core::account_connections& account, const media& file,
                                            verification proved);

}  // namespace mtproto::download
