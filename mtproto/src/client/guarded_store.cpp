// Turns exceptions of a session store into failures, and holds them.
#include "client/guarded_store.hpp"

#include <exception>

namespace mtproto::core {

/// In a handler: holds the exception, which the call under way throws in place of this.
failure guarded_store::caught() noexcept {
    exceptions_->hold(std::current_exception());
    return failure(errc::session_file, "the session store threw an exception");
}

void guarded_store::select(std::string_view cluster) {
    try {
        store_->select(cluster);
        selected_ = true;
    } catch (...) {
        selected_ = false;
        static_cast<void>(caught());
    }
}

outcome<std::optional<stored_session>> guarded_store::load() {
    if (!selected_) return failure(errc::session_file, "the session store threw an exception");
    try {
        return store_->load();
    } catch (...) {
        return caught();
    }
}

outcome<void> guarded_store::update(const session_edit& edit) {
    try {
        return store_->update(edit);
    } catch (...) {
        return caught();
    }
}

std::shared_ptr<account_lease> guarded_store::lease() {
    try {
        return store_->lease();
    } catch (...) {
        static_cast<void>(caught());
        return nullptr;
    }
}

}  // namespace mtproto::core
