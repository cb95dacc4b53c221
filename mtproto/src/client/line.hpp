// A connection for files: a session of its own, on the data centre's key. Which one may change.
#pragma once

#include "client/engine.hpp"

namespace mtproto::core {

class line_over final : public file_line {
  public:
    line_over(std::weak_ptr<engine> owner, int dc, int index)
        : owner_(std::move(owner)), dc_(dc), index_(index) {}

    io::awaitable<outcome<bytes>> call(bytes request, std::string_view method) override;
    io::awaitable<outcome<void>> check() override;
    duration min_rtt() const override;
    std::optional<wait_info> wait() const override;
    bool serves() const override;

  private:
    std::shared_ptr<const net::connection> present() const;

    std::weak_ptr<engine> owner_;
    int dc_;
    int index_;
};

/// A connection to a CDN: what it says goes to the caller.
class cdn_line_over final : public file_line {
  public:
    explicit cdn_line_over(std::shared_ptr<net::connection> over) : over_(std::move(over)) {}

    io::awaitable<outcome<bytes>> call(bytes request, std::string_view method) override;
    io::awaitable<outcome<void>> check() override { return net::connection::check(over_); }
    duration min_rtt() const override { return over_->min_rtt(); }
    std::optional<wait_info> wait() const override { return over_->wait(); }
    bool serves() const override { return over_->serves(); }

  private:
    std::shared_ptr<net::connection> over_;
};

}  // namespace mtproto::core
