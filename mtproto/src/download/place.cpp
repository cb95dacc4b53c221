// Finds the gate of a place, among the resources that the downloads of its account share.
#include "download/place.hpp"

#include "download/account_downloads.hpp"
#include "download/cdn_file.hpp"

namespace mtproto::download {

int place::serving_dc() const noexcept {
    return cdn ? cdn->dc() : dc;
}

schedule::flood_gate& place::gate() const {
    return downloads_of(*account).resources.gate(serving_dc());
}

}  // namespace mtproto::download
