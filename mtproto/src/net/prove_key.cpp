// Proof of a permanent key by binding a temporary one to it.
#include "net/prove_key.hpp"

#include <utility>

namespace mtproto::net {
namespace {

constexpr std::chrono::seconds lifetime_of_proof = std::chrono::minutes(5);

}  // namespace

io::awaitable<outcome<std::vector<std::int64_t>>> prove_key(services& shared, std::shared_ptr<key_slot> slot,
                                                            link& over, key_wishes how) {
    shared.log(log_level::info, "-404 to the authorization key: the server is asked to prove it");
    key_slot aside(shared.environment.executor, lifetime_of_proof, slot);
    outcome<made_key> bound = co_await make_key(shared, aside, over, std::move(how));
    if (!bound) co_return bound.error();
    std::vector<std::int64_t> made = std::move(bound->refused_keys);
    made.push_back(aside.key()->id());
    co_return made;
}

}  // namespace mtproto::net
