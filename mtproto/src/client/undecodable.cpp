// Names the layer in the failure.
#include "client/undecodable.hpp"

#include "net/init_connection.hpp"

#include <string>

namespace mtproto::core {

failure undecodable(boost::system::error_code why, std::string_view method) {
    failure made(why);
    made.rpc_type = "LAYER_MISMATCH";
    made.method = method;
    made.detail = "the server does not answer in layer " + std::to_string(net::stated_layer()) +
                  " of the API, for which this was built";
    return made;
}

}  // namespace mtproto::core
