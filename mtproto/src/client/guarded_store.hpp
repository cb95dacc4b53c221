// A session store of the embedder's, whose exceptions become failures.
#pragma once

#include "io/exception_holder.hpp"

#include <mtproto/session_store.hpp>

#include <memory>

namespace mtproto::core {

/// Keys change in coroutines that nobody awaits; an exception there would end a connection, and its reason
/// would be lost.
class guarded_store final : public session_store {
  public:
    guarded_store(std::shared_ptr<session_store> store, std::shared_ptr<io::exception_holder> exceptions)
        : store_(std::move(store)), exceptions_(std::move(exceptions)) {}

    void select(std::string_view cluster) override;
    outcome<std::optional<stored_session>> load() override;
    outcome<void> update(const session_edit& edit) override;
    std::shared_ptr<account_lease> lease() override;

  private:
    failure caught() noexcept;

    std::shared_ptr<session_store> store_;
    std::shared_ptr<io::exception_holder> exceptions_;
    bool selected_ = false;
};

}  // namespace mtproto::core
