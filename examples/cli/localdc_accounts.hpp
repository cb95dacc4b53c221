// The file of `mtpipe localdc --accounts`, and that of --counts.
#pragma once

#include <mtproto/local_dc.hpp>

#include <string>

namespace mtpipe {

/// Accounts, private channels, floods and the rest of what the file says, into `to`. Throws command_error for
/// what makes no sense.
void read_accounts(const std::string& path, mtproto::local_dc_options& to);

/// Reads the file again and lets the cluster follow it: states of accounts, members of channels. What else
/// it says holds from the next start. Throws command_error; nothing has changed then.
void follow_accounts(const std::string& path, mtproto::local_dc& cluster, mtproto::local_dc_options& known);

/// What the cluster did, in all and for each account of the file, as JSON. Throws command_error.
void write_counts(const std::string& path, const mtproto::local_dc& cluster);

}  // namespace mtpipe
