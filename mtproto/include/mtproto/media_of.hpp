// The file that an object of the API carries: of a message, a document, a photo, a story.
#pragma once

#include <mtproto/error.hpp>
#include <mtproto/fwd.hpp>
#include <mtproto/media.hpp>

#include <vector>

namespace mtproto {

/// The file of a message that client::call() brought, as client::resolve() would give it: with a safe name,
/// its qualities, the facts of video and sound. `chats` are those of the same answer: they tell what forbids
/// saving, and how a channel's message is found again.
///
///     tl::messages::getHistory request;
///     ...
///     auto answer = co_await tg.call(request);
///     if (auto* page = answer.as<tl::messages::channelMessages>())
///         for (const tl::Message& each : page->messages)
///             if (const auto file = media_of(each, page->chats)) show(file->name, file->size);
///
/// No I/O, and nothing of the arguments is kept. Errors: errc::no_media, whose detail says why (no file, an
/// expired one, one that is not paid for); errc::protected_content where message or chat forbid saving;
/// errc::malformed for a negative size.
outcome<media> media_of(const tl::Message& message, const std::vector<tl::Chat>& chats);
outcome<media> media_of(const tl::message& message, const std::vector<tl::Chat>& chats);

/// The file of a story: `owner`, `chats` and `users` as they came with it (stories.peerStories). Errors: the
/// same, and errc::no_media for a story that was deleted or came without its media.
outcome<media> media_of(const tl::StoryItem& story, const tl::Peer& owner, const std::vector<tl::Chat>& chats,
                        const std::vector<tl::User>& users);

/// A file of which the message is not known. Its reference cannot be renewed: once that has expired, after
/// hours, the stream ends with errc::not_found, and the object must be fetched anew. Errors: errc::no_media
/// for an empty one, errc::malformed.
outcome<media> media_of(const tl::Document& file);
outcome<media> media_of(const tl::document& file);
/// The largest size of the picture.
outcome<media> media_of(const tl::Photo& picture);
outcome<media> media_of(const tl::photo& picture);

}  // namespace mtproto
