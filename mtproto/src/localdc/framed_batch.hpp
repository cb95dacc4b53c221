// Packets in their frames, as the parts of one write.
#pragma once

#include "localdc/outgoing.hpp"
#include "wire/framing.hpp"

#include <deque>
#include <span>
#include <vector>

namespace mtproto::localdc {

class framed_batch {
  public:
    /// `source`: what the packet was made from; it must outlive the batch.
    void add(const wire::frame& frame, const wire::packet& packet, const outgoing& source);
    /// Half the packet, after which the connection ends and nothing more is to be added.
    void break_off(const wire::frame& frame, const wire::packet& packet, const outgoing& source);

    std::span<const byte_view> parts() const noexcept { return parts_; }
    const outgoing& source(std::size_t part) const { return *sources_[part]; }
    bool broken_off() const noexcept { return broken_off_; }

  private:
    void add_part(byte_view part, const outgoing& source);

    std::deque<wire::frame> frames_;  // a deque: the parts point into it
    std::vector<wire::packet> packets_;
    std::vector<byte_view> parts_;
    std::vector<const outgoing*> sources_;  // by part
    bool broken_off_ = false;
};

}  // namespace mtproto::localdc
