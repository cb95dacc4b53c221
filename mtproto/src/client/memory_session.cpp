// A session that is gone with the program.
#include "client/session_format.hpp"

#include <mtproto/session_store.hpp>

#include <string>

namespace mtproto {
namespace {

class memory_store final : public session_store {
  public:
    ~memory_store() override {
        for (auto& [name, session] : sessions_)
            core::wipe_keys(session);
    }

    void select(std::string_view cluster) override { cluster_ = cluster; }

    outcome<std::optional<stored_session>> load() override {
        const auto found = sessions_.find(cluster_);
        if (found == sessions_.end()) return std::optional<stored_session>();
        return std::optional<stored_session>(found->second);
    }

    outcome<void> update(const session_edit& edit) override {
        std::optional<stored_session> now = load().value();
        const core::keys_wiped guard(now);
        if (!edit(now)) return {};
        if (const auto found = sessions_.find(cluster_); found != sessions_.end())
            core::wipe_keys(found->second);
        sessions_.erase(cluster_);
        if (now) sessions_[cluster_] = *now;
        return {};
    }

  private:
    std::string cluster_;
    std::map<std::string, stored_session> sessions_;
};

}  // namespace

std::shared_ptr<session_store> memory_session() {
    return std::make_shared<memory_store>();
}

}  // namespace mtproto
