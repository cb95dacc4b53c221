// A real redis-server for a test: on a free port, in a folder of its own, ended with it.
#pragma once

#include <mtproto/store_redis.hpp>

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mtproto::test {

/// A certificate for 127.0.0.1, and its key, in PEM.
struct certified {
    std::string certificate, key;
};
certified make_certificate();

class redis_server {
  public:
    /// `password`, `tls`: what it asks of clients.
    explicit redis_server(std::string password = {}, bool tls = false);
    redis_server(const redis_server&) = delete;
    redis_server& operator=(const redis_server&) = delete;
    ~redis_server();

    /// At once, as by kill -9.
    void kill();
    /// On the same port, with nothing of what it held.
    void start();

    std::string url() const;
    /// For the account's session, with a key; a lease of `ttl`.
    redis_options options(duration ttl = std::chrono::seconds(1)) const;
    const std::filesystem::path& folder() const noexcept { return folder_; }
    const certified& certificate() const noexcept { return certified_; }

  private:
    std::filesystem::path folder_;
    std::string password_;
    certified certified_;
    int port_ = 0;
    ::pid_t process_ = -1;
};

/// Started for the first test that wants one, and old enough to give leases of a second.
redis_server& shared_redis();

/// Sleeps until it is old enough for leases of `ttl`.
void wait_until_old_enough(const redis_server& server, duration ttl);

}  // namespace mtproto::test
