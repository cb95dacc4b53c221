// Waits of other processes come on any thread, and are held on the account's executor.
#include "client/flood_sharing.hpp"

#include "client/account_state.hpp"
#include "rpc/flood_policy.hpp"

#include <mtproto/config.hpp>

#include <boost/asio/post.hpp>

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace mtproto::core {
namespace {

void hold(const account_state& account, const shared_wait& wait) {
    account.services->floods.learn({wait.dc, wait.kind}, account.now(), wait.left);
}

/// What comes before following has begun is held at once by whoever begins.
struct inbox {
    std::mutex guard;
    bool begun = false;
    std::vector<shared_wait> early;
};

}  // namespace

void flood_sharing::begin() {
    end();
    const std::shared_ptr<shared_waits> waits = account_->settings.waits;
    if (!waits || !account_->session.logged_in()) return;
    const std::string name =
        cluster_name(account_->settings.servers) + ":" + std::to_string(account_->session.user());
    const auto box = std::make_shared<inbox>();
    following_ = waits->follow(name, [box, weak = std::weak_ptr(account_),
                                      executor = account_->environment().executor](const shared_wait& wait) {
        const std::lock_guard lock(box->guard);
        if (!box->begun) return box->early.push_back(wait);
        io::asio::post(executor, [weak, wait] {
            if (const auto account = weak.lock()) hold(*account, wait);
        });
    });
    {
        const std::lock_guard lock(box->guard);
        box->begun = true;
    }
    for (const shared_wait& wait : box->early)
        hold(*account_, wait);
    account_->services->floods.on_hold([waits, name](const rpc::flood_policy::key& which, duration wait) {
        waits->publish(name, shared_wait(which.kind, which.dc, wait));
    });
}

void flood_sharing::end() noexcept {
    account_->services->floods.on_hold({});
    following_.reset();
}

}  // namespace mtproto::core
