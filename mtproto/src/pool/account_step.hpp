// What becomes of an account that met with a failure.
#pragma once

#include <mtproto/error.hpp>

namespace mtproto::pooling {

enum class account_step {
    stay,      ///< the failure is the file's, or the network's
    wait,      ///< it goes on later
    not_here,  ///< it may not see this chat; it stays for others
    frozen,    ///< it may not ask for this method; it stays for others
    leave,     ///< the login, or the account itself, is gone
};

account_step step_after(const failure& why);
/// Whether the data centre, or the way to it, is at fault. A caller that cancels never is.
bool is_of_data_centre(const failure& why);

}  // namespace mtproto::pooling
