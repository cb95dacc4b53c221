// Failures sorted: RPC errors by protocol 6, the rest by what broke.
#include "download/trouble.hpp"

#include "client/advice.hpp"
#include "download/cdn_matter.hpp"
#include "net/link_failure.hpp"

namespace mtproto::download {

verdict judge(const failure& what) {
    if (what.code.category() == cdn_category()) return {trouble::repair, {}};
    if (what.code == make_error_code(errc::rpc_error)) {
        // A line mends a forgotten authorization itself; what it passes on is not its own to mend.
        const rpc::advice advice = core::advice_on(what, false);
        switch (advice.what) {
            case rpc::action::wait:
                return {trouble::flood, advice.delay};
            case rpc::action::retry:
                return {trouble::retry, advice.delay};
            case rpc::action::migrate_file:
            case rpc::action::refresh_file_reference:
                return {trouble::repair, {}};
            default:
                return {trouble::fatal, {}};
        }
    }
    // As with a server that refuses one connection too many, those that are there go on.
    if (what.code == boost::system::errc::too_many_files_open ||
        what.code == boost::system::errc::too_many_files_open_in_system)
        return {trouble::lost, {}};
    return {net::is_of_link(what) ? trouble::lost : trouble::fatal, {}};
}

}  // namespace mtproto::download
