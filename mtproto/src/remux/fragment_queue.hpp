// Collects what libavformat writes into whole fragments and hands them over the bridge.
#pragma once

#include "remux/bridge.hpp"
#include "remux/target.hpp"

#include <vector>

namespace mtproto::remuxing {

class fragment_queue final : public target {
  public:
    explicit fragment_queue(bridge& over) : over_(over) {}

    outcome<void> write(std::int64_t, byte_view data) override {
        collected_.insert(collected_.end(), data.begin(), data.end());
        return {};
    }
    outcome<void> begin_fragment() override {
        if (collected_.empty()) return {};
        const auto sent = over_.emit(bytes::copy(collected_));
        collected_.clear();
        if (!sent) return failure(sent.error());
        return {};
    }
    outcome<std::size_t> read(std::int64_t, byte_span) override { return failure(errc::bad_argument); }
    outcome<void> finish() override { return begin_fragment(); }

  private:
    bridge& over_;
    std::vector<std::byte> collected_;
};

}  // namespace mtproto::remuxing
