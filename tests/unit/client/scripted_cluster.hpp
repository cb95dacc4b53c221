// Scripted data centres and an account whose stored session has their keys.
#pragma once

#include "client/account_connections.hpp"
#include "crypto/rsa.hpp"
#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "unit/net/scripted_server.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <boost/asio/co_spawn.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::test {

/// Remembers what it was given, and counts.
class recording_store final : public session_store {
  public:
    void select(std::string_view cluster) override { selected = cluster; }
    outcome<std::optional<stored_session>> load() override { return kept; }
    outcome<void> update(const session_edit& edit) override {
        if (refusal) return *refusal;
        std::optional<stored_session> now = kept;
        if (!edit(now)) return {};
        kept = std::move(now);
        ++saves;
        return {};
    }

    std::shared_ptr<account_lease> lease() override { return leased; }

    std::string selected;
    std::shared_ptr<account_lease> leased;
    std::optional<stored_session> kept;
    std::optional<failure> refusal;  ///< of every update
    int saves = 0;
};

/// DCs 1 to 4 with a media address each but for DC 4; home is 2. Handlers answer what the defaults do not.
class scripted_cluster {
  public:
    using handler = std::function<std::optional<scripted_answer>(const seen_request&)>;

    /// `user`: logged in from before; 0: not. `adjust`: changes the configuration.
    explicit scripted_cluster(std::int64_t user = 77, const std::function<void(config&)>& adjust = nullptr);
    ~scripted_cluster();

    /// Asked first for each request; nothing: the default answer.
    handler on_request;

    scripted_server& dc(int number) { return *servers_.at(number); }
    scripted_server& media(int number) { return *servers_.at(number + media_offset); }
    recording_store& store() { return *store_; }
    core::account_connections& client() { return *client_; }
    std::shared_ptr<core::account_connections> take_client() { return client_; }
    io::simulation& world() { return world_; }
    /// Runs until the task's end, and rethrows what it throws.
    void run(io::awaitable<void> task) { world_.run(std::move(task)); }
    void connect();
    /// All data centres together, media addresses included.
    int count(std::uint32_t method) const;

    outcome<bytes> call(bytes request, std::string_view method, core::call_options how = {});
    outcome<std::shared_ptr<core::file_connection>> line(int dc, int index);

    static constexpr int media_offset = 100;

  private:
    scripted_answer answer(const seen_request& what);

    crypto::seeded_random random_{3};
    io::simulation world_;
    std::map<int, std::unique_ptr<scripted_server>> servers_;
    std::shared_ptr<recording_store> store_ = std::make_shared<recording_store>();
    std::shared_ptr<core::account_connections> client_;
};

bytes config_answer(int this_dc);
bytes authorization_answer(std::int64_t user_id, bool bot);
bytes nearest_answer(int dc);
/// help.getNearestDc, which the scripted data centres answer with their own number.
bytes nearest_request();
inline constexpr std::uint32_t nearest_id = tl::help::getNearestDc::tl_id;

}  // namespace mtproto::test
