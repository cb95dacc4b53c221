// One document as several readers see it: what one has asked for or has just got serves the others too.
#pragma once

#include "download/part_source.hpp"
#include "download/task.hpp"
#include "io/event.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace mtproto::download {

class block_cache;

/// Bytes that were asked for.
struct shared_answer {
    bytes data;
    /// Brought by this very request; otherwise its time tells nothing about the connection.
    bool own_request = true;
};

/// Requests and recent blocks of one document. Not thread safe.
class shared_file : public std::enable_shared_from_this<shared_file> {
  public:
    /// `size`: of the document, bytes.
    shared_file(io::asio::any_io_executor executor, std::int64_t size);
    ~shared_file();
    shared_file(const shared_file&) = delete;
    shared_file& operator=(const shared_file&) = delete;

    /// At most `limit` bytes at `offset`: from recent blocks and requests that others have under way, or else
    /// over `connection` of `from`. What `reader` waits for there already does not serve it again: it asks
    /// twice when the first answer is late. When another's request fails, this one is made after all. The
    /// request on the wire is dropped when the last who waits for it is cancelled.
    static io::awaitable<reply<shared_answer>> fetch(std::shared_ptr<shared_file> self, const void* reader,
                                                     std::shared_ptr<part_source> from, int connection,
                                                     std::int64_t offset, std::int32_t limit);

    /// Whether fetch() would need no connection.
    bool at_hand(const void* reader, std::int64_t offset, std::int32_t limit) const;

    /// Blocks that touch `[begin, end)` are the last to go from the cache, until the same range is named
    /// again.
    void pin(std::int64_t begin, std::int64_t end);
    void unpin(std::int64_t begin, std::int64_t end) noexcept;

  private:
    friend class block_cache;

    /// A reader's wait for the bytes at an offset.
    struct wish {
        const void* reader;
        std::int64_t offset;
        bool operator==(const wish&) const = default;
    };
    /// A request, and then the block that it brought; over when it is answered, or nobody waits any more.
    struct piece : task {
        piece(const io::asio::any_io_executor& executor, std::int64_t from, std::int64_t to)
            : begin(from), end(to), ended(executor) {}

        bool whole() const noexcept {
            return over && answer && answer->size() == static_cast<std::size_t>(end - begin);
        }

        std::int64_t begin;
        std::int64_t end;
        std::vector<wish> wishes;  ///< of those who wait
        reply<bytes> answer = failure(errc::cancelled);
        io::event ended;
    };
    class waiter;

    std::vector<std::shared_ptr<piece>> covering(const wish& what, std::int64_t end) const;
    std::shared_ptr<piece> ask(std::shared_ptr<part_source> from, int connection, std::int64_t offset,
                               std::int32_t limit);
    static io::awaitable<void> run(std::shared_ptr<shared_file> self, std::shared_ptr<piece> what,
                                   std::shared_ptr<part_source> from, int connection, std::int32_t limit);
    void forget(const std::shared_ptr<piece>& which) noexcept;
    bool is_pinned(const piece& what) const noexcept;

    io::asio::any_io_executor executor_;
    std::int64_t size_;
    std::multimap<std::int64_t, std::shared_ptr<piece>> pieces_;  ///< by beginning
    std::vector<std::pair<std::int64_t, std::int64_t>> pinned_;
    std::weak_ptr<block_cache> cache_;
};

}  // namespace mtproto::download
