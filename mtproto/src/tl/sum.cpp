// What sums do without knowing which type they are.
#include <mtproto/tl/reader.hpp>
#include <mtproto/tl/sum.hpp>
#include <mtproto/tl/writer.hpp>

#include <algorithm>
#include <stdexcept>

namespace mtproto::tl {

void sum::tl_write(writer& out) const {
    if (!value_) {
        out.fail();
        return;
    }
    out.u32(info_->id);
    info_->write(value_, out);
}

void sum::read(reader& in, const constructor_info* const* known, std::size_t count) {
    const std::uint32_t id = in.u32();
    const auto less = [](const constructor_info* info, std::uint32_t wanted) { return info->id < wanted; };
    const auto* const found = std::lower_bound(known, known + count, id, less);
    if (found == known + count || (*found)->id != id) {
        in.fail(errc::malformed);
        return;
    }
    if (!in.enter()) return;
    sum made((*found)->create(), *found);
    made.info_->read(made.value_, in);
    in.leave();
    *this = std::move(made);
}

namespace detail {

void visited_empty() {
    throw std::logic_error("mtproto::tl::visit: the value is empty");
}

}  // namespace detail

}  // namespace mtproto::tl
