// A CDN beside the cluster: what it holds, how that is encrypted, and the tokens that open it (protocol 8.3).
#pragma once

#include "localdc/answer.hpp"
#include "localdc/catalogue.hpp"
#include "localdc/data_centre.hpp"
#include "localdc/server_key.hpp"

#include <mtproto/bytes.hpp>

#include <cstdint>
#include <optional>
#include <set>

namespace mtproto::localdc {

/// Its number, as that of Telegram's first CDN.
inline constexpr int cdn_number = 203;

class cdn {
  public:
    /// `secret`: what tokens and keys are made from. `empty`: it must be given each file first.
    cdn(server_key key, std::int64_t secret, bool empty);

    data_centre dc;
    server_key rsa_key;

    cipher_of_part cipher(const served_file& file) const;

    bytes file_token(const served_file& file) const;
    /// The file that a token is for, or null.
    const served_file* opened_by(const bytes& token, const catalogue& files) const;
    /// What the CDN gives out in place of a part at `offset` that it does not hold.
    bytes request_token(const served_file& file, std::int64_t offset) const;
    /// The offset that such a token was given out for, or nothing.
    std::optional<std::int64_t> requested_by(const bytes& token, const served_file& file) const;

    bool holds(const served_file& file) const;
    void give(const served_file& file);
    /// As when its memory is full: it has to be given all files again.
    void forget_files();
    /// What was given out until now opens nothing any more.
    void expire_tokens() { ++epoch_; }

  private:
    std::int64_t secret_;
    std::int64_t epoch_ = 1;
    bool empty_;
    std::set<std::int64_t> given_;
};

}  // namespace mtproto::localdc
