// Calls for the hashes of whole blocks, which parts that wait for them share.
#include "download/file_hashes.hpp"

#include "download/failure_class.hpp"
#include "download/hash_list.hpp"
#include "io/edge.hpp"

#include <mtproto/tl_api.hpp>

#include <string>
#include <utility>
#include <variant>

namespace mtproto::download {

/// The time in which one part calls and others wait. When it fails, or is cancelled, they try themselves.
class file_hashes::calling {
  public:
    calling(file_hashes& all, const question& asked) : all_(all), asked_(asked) {
        all_.calls_[asked_] = call_;
    }
    calling(const calling&) = delete;
    calling& operator=(const calling&) = delete;
    ~calling() {
        call_->over = true;
        all_.calls_.erase(asked_);
        all_.answered_.notify();
    }
    /// Of a flood the others hear, instead of bringing the next one each.
    void failed(const no_reply& error) {
        const auto* why = std::get_if<failure>(&error);
        if (why && classify(*why).kind == failure_kind::flood) call_->flood = *why;
    }

  private:
    file_hashes& all_;
    question asked_;
    std::shared_ptr<call> call_ = std::make_shared<call>();
};

io::awaitable<reply<void>> file_hashes::learn(hashed_source& from, int connection, std::int64_t begin,
                                              std::int64_t end) {
    while (const std::optional<std::int64_t> gap = windows_.first_gap(begin, end)) {
        const auto under_way = calls_.find({&from, *gap / hash_block});
        if (under_way == calls_.end()) {
            if (const reply<void> done = co_await ask(from, connection, *gap); !done) co_return done;
            continue;
        }
        const std::shared_ptr<call> others = under_way->second;
        while (!others->over)
            if (const result<void> waited = co_await answered_.wait(); !waited)
                co_return failure(waited.error());
        if (others->flood) co_return *others->flood;
    }
    co_return reply<void>();
}

io::awaitable<reply<void>> file_hashes::ask(hashed_source& from, int connection, std::int64_t gap) {
    calling here(*this, {&from, gap / hash_block});
    // From the block's beginning on, so that one answer serves all of its parts.
    const std::int64_t begin = gap - gap % hash_block;
    const std::int64_t offset = windows_.first_gap(begin, begin + 1) ? begin : gap;
    const reply<std::vector<file_hash>> told = co_await io::as_outcome(from.hashes(connection, offset));
    if (!told) {
        here.failed(told.error());
        co_return told.error();
    }
    windows_.add(*told);
    if (offset == gap && windows_.first_gap(gap, gap + 1)) {
        failure none(errc::bad_part, "the server has no hash for offset " + std::to_string(gap));
        none.method = tl::upload::getFileHashes::tl_name;
        co_return none;
    }
    co_return reply<void>();
}

}  // namespace mtproto::download
