// Header, body and trailer of each frame.
#include "localdc/framed_batch.hpp"

namespace mtproto::localdc {

void framed_batch::add(const wire::frame& frame, const wire::packet& packet, const outgoing& source) {
    frames_.push_back(frame);
    packets_.push_back(packet);
    add_part(frames_.back().header(), source);
    add_part(packets_.back().view(), source);
    add_part(frames_.back().trailer(), source);
}

void framed_batch::break_off(const wire::frame& frame, const wire::packet& packet, const outgoing& source) {
    broken_off_ = true;
    frames_.push_back(frame);
    packets_.push_back(packet);
    const byte_view body = packets_.back().view();
    add_part(frames_.back().header(), source);
    add_part(body.first(body.size() / 2), source);
}

void framed_batch::add_part(byte_view part, const outgoing& source) {
    if (part.empty()) return;
    parts_.push_back(part);
    sources_.push_back(&source);
}

}  // namespace mtproto::localdc
