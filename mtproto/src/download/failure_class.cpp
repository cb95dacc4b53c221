// Sorts RPC errors by protocol 6, all other failures by the part that broke.
#include "download/failure_class.hpp"

#include "client/advice.hpp"
#include "download/cdn_errc.hpp"
#include "net/link_failure.hpp"

namespace mtproto::download {

failure_class classify(const failure& why) {
    if (why.code == make_error_code(errc::rpc_error)) {
        // A connection mends a forgotten authorization itself; what it passes on is not its own to mend.
        const rpc::advice advice = core::advice_on(why, false);
        switch (advice.action) {
            case rpc::action::wait:
                return {failure_kind::flood, advice.delay};
            case rpc::action::retry:
            case rpc::action::back_off:
                return {failure_kind::retry, advice.delay};
            case rpc::action::refresh_file_reference:
                return {failure_kind::renew, {}};
            default:
                return {failure_kind::fatal, {}};
        }
    }
    // As with a server that refuses one connection too many, those that are there go on.
    if (why.code == boost::system::errc::too_many_files_open ||
        why.code == boost::system::errc::too_many_files_open_in_system)
        return {failure_kind::lost, {}};
    // A CDN can be done without, so its failure is that of one connection at most.
    if (why.code.category() == cdn_category()) return {failure_kind::lost, {}};
    return {net::is_of_link(why) ? failure_kind::lost : failure_kind::fatal, {}};
}

}  // namespace mtproto::download
