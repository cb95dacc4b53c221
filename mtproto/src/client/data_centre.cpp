// Connections by purpose, each with its key and its addresses.
#include "client/data_centre.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::core {

data_centre::data_centre(int number, std::shared_ptr<account_state> account)
    : number_(number),
      account_(std::move(account)),
      key_(std::make_shared<net::key_slot>(account_->environment().executor)),
      looked_(account_->environment().executor) {
    if (!account_->settings.forward_secrecy) return;
    for (std::shared_ptr<net::key_slot>* slot : {&temporary_key_, &temporary_media_key_})
        *slot = std::make_shared<net::key_slot>(account_->environment().executor,
                                                account_->options.temporary_key_lifetime, key_);
}

/// The key that connections to its addresses use, the media-only ones or the others.
const std::shared_ptr<net::key_slot>& data_centre::key_for(bool media) const noexcept {
    const std::shared_ptr<net::key_slot>& temporary = media ? temporary_media_key_ : temporary_key_;
    return temporary ? temporary : key_;
}

std::shared_ptr<net::connection> data_centre::make_connection(bool for_files, int place) {
    net::connection_options options;
    options.dc = number_;
    if (for_files) options.addresses = media_addresses();
    options.media = !options.addresses.empty();
    if (!options.media) options.addresses = account_->servers.addresses.addresses(number_);
    options.fail_on_429 = place > 0;  // the first has nobody to leave it to
    options.on_wrong_dc = account_->on_wrong_dc;
    if (!for_files)
        options.on_update = [weak = std::weak_ptr(account_)](byte_view update) {
            if (const auto account = weak.lock()) account->news.take(update);
        };
    const bool media = options.media;
    auto made = net::connection::make(account_->services, key_for(media), std::move(options));
    if (account_->lifetime.closed()) made->close();  // close() has been through them already
    return made;
}

const std::shared_ptr<net::connection>& data_centre::main_connection() {
    if (!main_) main_ = make_connection(false, 0);
    return main_;
}

io::awaitable<outcome<bytes>> data_centre::ask(const bytes& request, const std::string& method,
                                               bool idempotent, wait_list::request& wait) {
    const std::shared_ptr<net::connection> over = main_connection();
    wait.sent(number_, [over] { return over->wait(); });
    co_return co_await over->call(request, method, idempotent);
}

/// Those in use: none while they rest.
std::vector<io::endpoint> data_centre::media_addresses() const {
    if (rest_.resting()) return {};
    return account_->servers.addresses.media_addresses(number_);
}

int data_centre::connections_allowed() const {
    return media_addresses().empty() ? std::min(account_->servers.sessions_per_key, most_file_connections)
                                     : most_file_connections;
}

/// Where several sessions on one key could cost the login, file connections share the sessions that are
/// allowed. The main connection's is the first of those (protocol 8.7).
int data_centre::place_of(int index) const {
    return std::max(index, 0) % connections_allowed();
}

std::shared_ptr<net::connection> data_centre::carrier(int index) {
    const int place = place_of(index);
    if (place == 0 && media_addresses().empty()) return main_connection();
    std::shared_ptr<net::connection>& over = for_files_[place];
    if (!over) over = make_connection(true, place);
    return over;
}

std::shared_ptr<const net::connection> data_centre::present_carrier(int index) const {
    const int place = place_of(index);
    if (place == 0 && media_addresses().empty()) return main_;
    const auto over = for_files_.find(place);
    return over == for_files_.end() ? nullptr : over->second;
}

void data_centre::set_addresses() {
    const std::vector<io::endpoint> general = account_->servers.addresses.addresses(number_);
    const std::vector<io::endpoint> media = media_addresses();
    if (main_) main_->set_addresses(general);
    for (const auto& [place, one] : for_files_)
        one->set_addresses(media.empty() ? general : media);
}

void data_centre::forget_key() {
    key_->on_drop = nullptr;
    key_->drop();
}

void data_centre::close() noexcept {
    if (main_) main_->close();
    for (const auto& [place, one] : for_files_)
        one->close();
    for (const std::shared_ptr<net::connection>& one : leaving_)
        one->close();
}

}  // namespace mtproto::core
