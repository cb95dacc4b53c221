// Every method and type of the API in the schema's own words, for client::call.
#pragma once

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>
