// Counts failures of connections, and makes one error of many.
#include "download/losses.hpp"

#include "net/link_failure.hpp"

#include <chrono>
#include <string>

namespace mtproto::download {
namespace {

failure interference(failure last) {
    last.code = make_error_code(errc::bad_message_key);
    last.rpc_code = 0;
    last.detail = "connection after connection brought damaged packets: something on the way interferes";
    return last;
}

}  // namespace

void losses::add(const failure& what) {
    if (net::is_of_link(what)) ++(net::is_corrupt(what) ? corrupt_ : others_);
    last_ = what;
}

failure losses::of_end(const failure& last) const {
    return corrupt_everywhere() && net::is_of_link(last) ? interference(last) : last;
}

failure losses::of_stall(duration patience) const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience).count();
    std::string what = "not a byte of the file came for " + std::to_string(seconds) + " s";
    if (!last_) return failure(errc::timed_out, std::move(what));
    if (corrupt_everywhere()) return interference(*last_);
    failure made = *last_;
    // A server's own error says more than that.
    if (made.code == make_error_code(errc::rpc_error)) {
        made.detail = std::move(what);
        return made;
    }
    return failure(errc::timed_out, what + "; at last, " + made.message());
}

}  // namespace mtproto::download
