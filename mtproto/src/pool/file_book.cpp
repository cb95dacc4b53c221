// Notes and finds files by their numbers.
#include "pool/file_book.hpp"

#include <mtproto/link.hpp>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

namespace mtproto::pooling {
namespace {

/// Opens the message for an account that is a member of its chat.
std::string link_from(const media& file) {
    const file_location& at = file.location;
    if (at.channel_id == 0 || at.message_id == 0) return {};
    return "https://t.me/c/" + std::to_string(at.channel_id) + "/" + std::to_string(at.message_id);
}

}  // namespace

file_key key_of(const media& file) {
    return {file.dc, file.location.photo, file.location.id, file.location.thumb_size};
}

std::string chat_of(const std::string& link) {
    const outcome<message_link> parsed = parse_link(link);
    if (!parsed) return {};
    if (parsed->username.empty()) return "c/" + std::to_string(parsed->channel_id);
    std::string name = parsed->username;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name;
}

file_book::entry& file_book::at(const file_key& key) {
    if (const auto found = places_.find(key); found != places_.end()) return found->second->second;
    if (entries_.size() >= most_files) {
        places_.erase(entries_.front().first);
        entries_.pop_front();
    }
    entries_.emplace_back(key, entry());
    places_[key] = std::prev(entries_.end());
    return entries_.back().second;
}

void file_book::note(int account, const media& file, const std::string& link) {
    entry& known = at(key_of(file));
    if (known.link.empty()) known.link = link;
    known.chat = chat_of(known.link);
    known.locations[account] = file.location;
    for (const media& each : file.qualities)
        note(account, each, link);
}

const file_book::entry& file_book::of(const media& file) {
    entry& known = at(key_of(file));
    if (known.link.empty()) {
        known.link = link_from(file);
        known.chat = chat_of(known.link);
    }
    return known;
}

media file_book::for_account(int account, const media& file) {
    media made = file;
    made.location = at(key_of(file)).locations.at(account);
    return made;
}

void file_book::forget_account(int account) {
    for (auto& [key, known] : entries_)
        known.locations.erase(account);
}

}  // namespace mtproto::pooling
