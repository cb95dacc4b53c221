// A run's secret: hashes of it open what clients must have been told of before they can use it.
#pragma once

#include <mtproto/bytes.hpp>

#include <cstdint>

namespace mtproto::localdc {

class cluster_secret {
  public:
    explicit cluster_secret(std::int64_t value) noexcept : value_(value) {}

    std::int64_t value() const noexcept { return value_; }
    /// The hash that `user` needs for an object: a user, the channel, a document.
    std::int64_t access_hash(std::int64_t user, std::int64_t object) const;
    /// What lets `user` read a document.
    bytes file_reference(std::int64_t user, std::int64_t document) const;
    /// Whether it is, or was, a reference of this user's.
    bool is_reference_of(std::int64_t user, byte_view reference) const;
    /// All file references that were given out are void from now on.
    void expire_references() noexcept { ++reference_epoch_; }

  private:
    std::int64_t reference_mark(std::int64_t user) const;

    std::int64_t value_;
    std::int64_t reference_epoch_ = 1;
};

}  // namespace mtproto::localdc
