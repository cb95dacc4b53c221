// Finding the film and carrying the login to it.
#include "film.hpp"

#include <doctest/doctest.h>

namespace mtproto::localdc::testing {
namespace {

// A field that may be left out, and is there.
template <class T>
T* present(std::optional<T>& field) {
    return &field.value();
}
template <class T>
requires std::is_base_of_v<tl::sum, T> T* present(T& field) {
    REQUIRE(field);
    return &field;
}

local_dc_options with_film(local_dc_options options, const served& files) {
    const local_dc_options film = files.options();
    options.folder = film.folder;
    options.dcs = film.dcs;
    return options;
}

}  // namespace

tl::inputChannel channel_of(const tl::contacts::resolvedPeer& found) {
    const auto* channel = found.chats.at(0).as<tl::channel>();
    tl::inputChannel made;
    made.channel_id = channel->id;
    made.access_hash = channel->access_hash.value();
    return made;
}

io::awaitable<tl::document> find_film(raw_client& home, int message_id) {
    tl::contacts::resolveUsername name;
    name.username = "DEMO";
    const bytes name_query = tl::encode(name);
    const bytes found_body = co_await home.call(name_query);
    const auto found = tl::decode<tl::contacts::resolvedPeer>(found_body).value();
    tl::inputMessageID id;
    id.id = message_id;
    tl::channels::getMessages get;
    get.channel = channel_of(found);
    get.id.push_back(std::move(id));
    const bytes get_query = tl::encode(get);
    const bytes body = co_await home.call(get_query);
    auto messages = tl::decode<tl::messages::channelMessages>(body).value();
    auto* message = messages.messages.at(0).as<tl::message>();
    REQUIRE(message);
    auto* media = present(message->media)->as<tl::messageMediaDocument>();
    REQUIRE(media);
    tl::document film = std::move(*present(media->document)->as<tl::document>());
    co_return film;
}

tl::upload::getFile part_of(const tl::document& film, std::int64_t offset, std::int32_t limit) {
    tl::inputDocumentFileLocation where;
    where.id = film.id;
    where.access_hash = film.access_hash;
    where.file_reference = film.file_reference;
    tl::upload::getFile made;
    made.location = std::move(where);
    made.offset = offset;
    made.limit = limit;
    return made;
}

io::awaitable<tl::document> arrive(raw_client& home, raw_client& there) {
    co_await home.sign_in();
    tl::document film = co_await find_film(home);
    REQUIRE(film.dc_id == 1);
    tl::auth::exportAuthorization leave;
    leave.dc_id = 1;
    const bytes leave_query = tl::encode(leave);
    const bytes ticket_body = co_await home.call(leave_query);
    const auto ticket = tl::decode<tl::auth::exportedAuthorization>(ticket_body).value();
    co_await there.make_key();
    tl::auth::importAuthorization enter;
    enter.id = ticket.id;
    enter.bytes = ticket.bytes;
    const bytes enter_query = with_layer(tl::encode(enter));
    const bytes entered = co_await there.call(enter_query);
    REQUIRE(tl::decode<tl::auth::authorization>(entered).has_value());
    const bytes again = tl::encode(enter);
    const std::string refused = co_await there.error_of(again);
    CHECK(refused == "400 AUTH_BYTES_INVALID");
    co_return film;
}

film_stage::film_stage(local_dc_options options)
    : here(with_film(std::move(options), files)), home(here, 2), there(here, 1) {}

}  // namespace mtproto::localdc::testing
