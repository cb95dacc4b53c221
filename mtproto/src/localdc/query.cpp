// Unwrapping queries, finding their method, and turning refusals into errors.
#include "localdc/call.hpp"
#include "localdc/layers.hpp"
#include "tl/gzip.hpp"
#include "wire/container.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace mtproto::localdc {
namespace {

// Wrappers around wrappers: real clients use three.
constexpr int deepest_wrapping = 8;
constexpr std::size_t most_inflated = 4u << 20;

using method_table = std::unordered_map<std::uint32_t, const method*>;

const method_table& all_methods() {
    static const method_table table = [] {
        method_table made;
        for (const auto methods : {help_methods(), auth_methods(), account_methods(), message_methods(),
                                   upload_methods(), cdn_methods()})
            for (const method& each : methods)
                made.emplace(each.id, &each);
        return made;
    }();
    return table;
}

template <class M>
M unwrap(const bytes& boxed) {
    auto query = tl::decode<M>(boxed);
    if (!query) throw refusal{400, "INPUT_FETCH_ERROR"};
    return std::move(*query);
}

void require_success(const call& now, std::int64_t msg_id) {
    if (now.in.failed(msg_id)) throw refusal{400, "MSG_WAIT_FAILED"};
}

// Takes off one wrapper; false when there is none.
bool take_off_wrapper(call& now, bytes& boxed, int& named_layer) {
    switch (wire::constructor_of(boxed)) {
        case tl::invokeWithLayer::tl_id: {
            const auto query = unwrap<tl::invokeWithLayer>(boxed);
            if (!knows_layer(query.layer)) throw refusal{400, "CONNECTION_LAYER_INVALID"};
            named_layer = query.layer;
            boxed = query.query.data;
            return true;
        }
        case tl::initConnection::tl_id: {
            const auto query = unwrap<tl::initConnection>(boxed);
            if (named_layer == 0) throw refusal{400, "CONNECTION_LAYER_INVALID"};
            if (query.api_id == 0) throw refusal{400, "CONNECTION_API_ID_INVALID"};
            now.key.layer = named_layer;
            boxed = query.query.data;
            return true;
        }
        case tl::invokeWithoutUpdates::tl_id:
            boxed = unwrap<tl::invokeWithoutUpdates>(boxed).query.data;
            return true;
        case tl::invokeAfterMsg::tl_id: {
            const auto query = unwrap<tl::invokeAfterMsg>(boxed);
            require_success(now, query.msg_id);
            boxed = query.query.data;
            return true;
        }
        case tl::invokeAfterMsgs::tl_id: {
            const auto query = unwrap<tl::invokeAfterMsgs>(boxed);
            for (const std::int64_t each : query.msg_ids)
                require_success(now, each);
            boxed = query.query.data;
            return true;
        }
        case wire::gzip_packed_id: {
            auto inflated = wire::unpack_gzip(boxed, most_inflated);
            if (!inflated) throw refusal{400, "INPUT_FETCH_ERROR"};
            boxed = std::move(*inflated);
            return true;
        }
        default:
            return false;
    }
}

void check_state(const call& now, const method& wanted) {
    const side here = now.dc.id == cdn_number ? side::cdn : side::cloud;
    if (wanted.at != here && wanted.at != side::both) throw refusal{400, "CDN_METHOD_INVALID"};
    if (now.key.expires && !now.key.bound_to && !wanted.unbound) throw refusal{401, "AUTH_KEY_PERM_EMPTY"};
    if (wanted.before != needs::nothing && now.key.layer == 0) throw refusal{400, "CONNECTION_NOT_INITED"};
    if (wanted.before == needs::login && now.login.user == 0)
        throw now.login.awaits_password != 0 ? refusal{401, "SESSION_PASSWORD_NEEDED"}
                                             : refusal{401, "AUTH_KEY_UNREGISTERED"};
}

// Faults that are answers; the others are the connection's, or the method's, to act on.
void answer_fault(call& now, const traffic::fault& fault) {
    switch (fault.kind) {
        case traffic::fault_kind::rpc_error: {
            refusal made;
            const std::size_t space = fault.text.find(' ');
            std::from_chars(fault.text.data(), fault.text.data() + space, made.code);
            made.name = fault.text.substr(space + 1);
            throw made;
        }
        case traffic::fault_kind::expired_reference:
            ++now.world.reference_epoch;
            throw refusal{400, "FILE_REFERENCE_EXPIRED"};
        case traffic::fault_kind::expired_token:
            if (now.world.beside) now.world.beside->expire_tokens();
            break;
        case traffic::fault_kind::forgotten_file:
            if (now.world.beside) now.world.beside->forget_files();
            break;
        case traffic::fault_kind::dropped_login:
            now.login = {};
            throw refusal{401, "AUTH_KEY_UNREGISTERED"};
        default:
            break;
    }
}

reply run_innermost(call& now, bytes boxed) {
    int named_layer = 0;
    for (int depth = 0; take_off_wrapper(now, boxed, named_layer); ++depth)
        if (depth == deepest_wrapping) throw refusal{400, "INPUT_FETCH_ERROR"};
    now.layer = named_layer != 0 ? named_layer : now.key.layer;

    const std::uint32_t id = wire::constructor_of(boxed);
    const method* wanted = find_method(id);
    if (!wanted) throw refusal{400, "INPUT_METHOD_INVALID_" + std::to_string(id) + "_0"};
    now.method = wanted->name;
    now.asked = boxed;
    check_state(now, *wanted);
    now.fault = now.world.faults.at_event(short_name(wanted->name), true, now.on, now.world.env.time->now());
    if (now.fault) answer_fault(now, *now.fault);
    return wanted->run(now, boxed);
}

}  // namespace

const account& call::user() const {
    const account* known = world.people.by_id(login.user);
    if (!known) throw refusal{401, "AUTH_KEY_UNREGISTERED"};
    return *known;
}

bool is_method(std::string_view name) {
    const method_table& all = all_methods();
    return std::any_of(all.begin(), all.end(),
                       [name](const auto& each) { return short_name(each.second->name) == name; });
}

const method* find_method(std::uint32_t id) {
    const auto found = all_methods().find(id);
    return found == all_methods().end() ? nullptr : found->second;
}

std::string_view asked_method(bytes boxed) {
    for (int depth = 0; depth < deepest_wrapping; ++depth) {
        const auto inside = [&](auto wrapper) {
            auto query = tl::decode<decltype(wrapper)>(boxed);
            if (!query) return false;
            boxed = std::move(query->query.data);
            return true;
        };
        bool wrapped = false;
        switch (wire::constructor_of(boxed)) {
            case tl::invokeWithLayer::tl_id:
                wrapped = inside(tl::invokeWithLayer{});
                break;
            case tl::initConnection::tl_id:
                wrapped = inside(tl::initConnection{});
                break;
            case tl::invokeWithoutUpdates::tl_id:
                wrapped = inside(tl::invokeWithoutUpdates{});
                break;
            case tl::invokeAfterMsg::tl_id:
                wrapped = inside(tl::invokeAfterMsg{});
                break;
            case tl::invokeAfterMsgs::tl_id:
                wrapped = inside(tl::invokeAfterMsgs{});
                break;
            case wire::gzip_packed_id:
                if (auto inflated = wire::unpack_gzip(boxed, most_inflated)) {
                    boxed = std::move(*inflated);
                    wrapped = true;
                }
                break;
            default:
                break;
        }
        if (!wrapped) break;
    }
    const method* wanted = find_method(wire::constructor_of(boxed));
    return wanted ? short_name(wanted->name) : std::string_view();
}

bytes encode_refusal(const refusal& why) {
    tl::rpc_error answer;
    answer.error_code = why.code;
    answer.error_message = why.name;
    return tl::encode(answer);
}

ran run_query(call& now, const bytes& boxed) {
    try {
        reply answer = run_innermost(now, boxed);
        return {std::move(answer), now.fault};
    } catch (const refusal& why) {
        now.in.note_failure(now.msg_id);
        return {{encode_refusal(why), {}}, now.fault};
    }
}

}  // namespace mtproto::localdc
