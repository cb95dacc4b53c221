// Requests that tests make of a scripted cluster's account.
#pragma once

#include "unit/client/scripted_cluster.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace mtproto::test {

inline constexpr std::uint32_t export_id = tl::auth::exportAuthorization::tl_id;
inline constexpr std::uint32_t import_id = tl::auth::importAuthorization::tl_id;

/// Answers the first `times` requests for help.getNearestDc at `dc` with an error.
scripted_cluster::handler failing(int dc, int times, int code, std::string text);

/// help.getNearestDc at `dc`; 0: at home.
outcome<bytes> ask(scripted_cluster& at, int dc = 0);

using answer_slot = std::shared_ptr<std::optional<outcome<bytes>>>;

/// A request that goes on by itself; `then` runs when it is answered.
answer_slot ask_in_background(scripted_cluster& at, int dc = 0, std::function<void()> then = nullptr);

/// The same over a connection for files.
answer_slot ask_over(scripted_cluster& at, std::shared_ptr<core::file_connection> connection);

/// Virtual time goes by.
void pass(scripted_cluster& at, duration time);

}  // namespace mtproto::test
