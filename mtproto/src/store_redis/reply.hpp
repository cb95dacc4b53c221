// Replies of Redis, as hiredis reads them: bounded, since a server may send anything.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct redisReader;

namespace mtproto::store_redis {

struct reply {
    enum class kind { nothing, text, number, error, list };

    reply::kind kind = kind::nothing;
    std::string text;  ///< of text and errors
    long long number = 0;
    std::vector<reply> elements;

    bool is_number(long long value) const { return kind == kind::number && number == value; }
};

class reply_reader {
  public:
    static constexpr std::size_t most_bytes = 1u << 20;  ///< of one reply
    static constexpr int most_elements = 4096;           ///< of one list

    reply_reader();

    /// Error: errc::too_large.
    result<void> feed(byte_view data);
    /// Nothing while it is not whole. Errors: errc::malformed. The reader is of no use after an error.
    result<std::optional<reply>> next();

  private:
    struct ending {
        void operator()(redisReader* of) const noexcept;
    };

    std::unique_ptr<redisReader, ending> reader_;
    std::size_t fed_ = 0;  // since the last reply
};

}  // namespace mtproto::store_redis
