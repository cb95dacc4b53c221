// Each wrapper by its constructor, until one is none.
#include "localdc/wrappers.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <utility>

namespace mtproto::localdc {
namespace {

// Wrappers around wrappers: real clients use three.
constexpr int deepest_wrapping = 8;

enum class step { taken_off, none, broken };

// `boxed` becomes what is inside.
template <class Wrapper, class Note>
step take_off(bytes& boxed, Note note) {
    auto wrapper = tl::decode<Wrapper>(boxed);
    if (!wrapper) return step::broken;
    boxed = wrapper->query.data;
    note(*wrapper);
    return step::taken_off;
}

step inflate(bytes& boxed, wire::inflation& within) {
    auto inflated = wire::unpack_gzip(boxed, within);
    if (!inflated) return step::broken;
    boxed = std::move(*inflated);
    return step::taken_off;
}

step take_off_one(unwrapped& made, wire::inflation& within) {
    auto& said = made.said;
    switch (wire::constructor_of(made.query)) {
        case tl::invokeWithLayer::tl_id:
            return take_off<tl::invokeWithLayer>(
                made.query, [&](const auto& it) { said.emplace_back(names_layer{it.layer}); });
        case tl::initConnection::tl_id:
            return take_off<tl::initConnection>(made.query, [&](const auto& it) {
                said.emplace_back(tells_device{
                    it.api_id, it.device_model + '\n' + it.system_version + '\n' + it.app_version});
            });
        case tl::invokeWithoutUpdates::tl_id:
            return take_off<tl::invokeWithoutUpdates>(
                made.query, [&](const auto&) { said.emplace_back(wants_no_updates{}); });
        case tl::invokeAfterMsg::tl_id:
            return take_off<tl::invokeAfterMsg>(
                made.query, [&](const auto& it) { said.emplace_back(comes_after{{it.msg_id}}); });
        case tl::invokeAfterMsgs::tl_id:
            return take_off<tl::invokeAfterMsgs>(
                made.query, [&](auto& it) { said.emplace_back(comes_after{std::move(it.msg_ids)}); });
        case tl::invokeWithTakeout::tl_id:
            return take_off<tl::invokeWithTakeout>(
                made.query, [&](const auto& it) { said.emplace_back(within_takeout{it.takeout_id}); });
        case tl::invokeWithMessagesRange::tl_id:
            return take_off<tl::invokeWithMessagesRange>(
                made.query, [&](const auto&) { said.emplace_back(within_range{}); });
        case wire::gzip_packed_id:
            return inflate(made.query, within);
        default:
            return step::none;
    }
}

}  // namespace

unwrapped unwrap(bytes boxed, wire::inflation& within) {
    unwrapped made;
    made.query = std::move(boxed);
    for (int depth = 0;; ++depth) {
        const step last = take_off_one(made, within);
        made.broken = last == step::broken || (last == step::taken_off && depth == deepest_wrapping);
        if (made.broken || last == step::none) return made;
    }
}

}  // namespace mtproto::localdc
