// What a call in the schema's own words needs: every method and type of the API, and their encoding.
#pragma once

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>
