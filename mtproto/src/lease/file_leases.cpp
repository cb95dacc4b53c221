// Leases as locks on files: they end with the process that holds them.
#include "base/private_file.hpp"

#include <mtproto/account_lease.hpp>

#include <string>
#include <utility>

namespace mtproto {
namespace {

namespace fs = std::filesystem;

class file_lease final : public account_lease {
  public:
    explicit file_lease(file_lock lock) : lock_(std::move(lock)) {}

    time_point held_until() const override { return time_point::max(); }
    lease_state state() const override { return lease_state::held; }
    std::int64_t fence() const override { return 0; }
    void on_change(listener) override {}

  private:
    file_lock lock_;
};

class leases_of_folder final : public account_leases {
  public:
    explicit leases_of_folder(fs::path folder) : folder_(std::move(folder)) {}

    outcome<std::unique_ptr<account_lease>> take(std::string_view account) override {
        const std::string name(account);
        if (name.empty() || name.front() == '.' || name.find_first_of(std::string("/\0", 2)) != name.npos)
            return failure(errc::bad_argument, "an account's name is no name of a file: " + name);
        outcome<file_lock> taken = file_lock::for_use(folder_ / name);
        if (!taken && taken.error().code == errc::account_in_use) return taken.error();
        if (!taken) return failure(errc::session_file, taken.error().detail);
        if (!taken->holds())
            return failure(errc::session_file, folder_.string() + " is on a file system without locks");
        return std::unique_ptr<account_lease>(std::make_unique<file_lease>(std::move(*taken)));
    }

  private:
    fs::path folder_;
};

}  // namespace

std::shared_ptr<account_leases> file_leases(fs::path folder) {
    return std::make_shared<leases_of_folder>(std::move(folder));
}

}  // namespace mtproto
