// Messages that go out together become packets: numbered, small ones in containers, sealed side by side.
#pragma once

#include "base/buffer_pool.hpp"
#include "localdc/outgoing.hpp"
#include "wire/container.hpp"
#include "wire/envelope.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/random.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mtproto::localdc {

/// Messages up to this size go into containers together.
inline constexpr std::size_t small_message = 4096;
/// So many in one container.
inline constexpr std::size_t most_packed = 32;

class packing {
  public:
    /// Everything that packets are made with.
    struct tools {
        content_reader& files;
        random_source& random;
        buffer_pool& buffers;
        unix_time now{0};
    };
    struct item {
        const outgoing* source = nullptr;  ///< the first of those that a container holds
        wire::packet packet;               ///< empty for a quick acknowledgement
        const traffic::fault* fault = nullptr;
    };

    /// `batch` must outlive the items. An answer whose part of a file cannot be read becomes an error.
    packing(std::vector<outgoing>& batch, const tools& with);

    /// In the order of the batch.
    std::span<const item> items() const noexcept { return items_; }

  private:
    static constexpr std::size_t no_job = static_cast<std::size_t>(-1);

    std::size_t run_of_small(std::size_t begin) const;
    void add(const outgoing& source, std::size_t job);
    void add_single(outgoing& one);
    void add_container(std::span<outgoing> together);
    void add_container(const outgoing& first, std::span<const wire::contained> inside);
    void add_job(const outgoing& source, wire::draft text, std::int64_t msg_id, std::int32_t seqno);
    wire::draft text_of(outgoing& one) const;
    bytes body_of(outgoing& one) const;

    std::span<outgoing> batch_;
    tools tools_;
    std::vector<wire::seal_job> jobs_;
    std::vector<std::size_t> job_of_item_;
    std::vector<item> items_;
};

}  // namespace mtproto::localdc
