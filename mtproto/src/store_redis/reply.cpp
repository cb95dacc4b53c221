// Builds replies for hiredis's reader, which calls back in C.
#include "store_redis/reply.hpp"

#include <hiredis/read.h>
#include <new>
#include <utility>

namespace mtproto::store_redis {
namespace {

/// The place of an object in its list, or a new root. Null when there is no memory: nothing throws through C.
template <class Fill>
void* place(const redisReadTask* task, Fill fill) noexcept {
    try {
        if (task->parent != nullptr) {
            auto* const list = static_cast<reply*>(task->parent->obj);
            reply& element = list->elements.at(static_cast<std::size_t>(task->idx));
            fill(element);
            return &element;
        }
        auto made = std::make_unique<reply>();
        fill(*made);
        return made.release();
    } catch (...) {
        return nullptr;
    }
}

void* make_text(const redisReadTask* task, char* text, std::size_t size) {
    return place(task, [&](reply& made) {
        made.kind = task->type == REDIS_REPLY_ERROR ? reply::kind::error : reply::kind::text;
        made.text.assign(text, size);
    });
}

void* make_list(const redisReadTask* task, int count) {
    if (count < 0 || count > reply_reader::most_elements) return nullptr;
    return place(task, [&](reply& made) {
        made.kind = reply::kind::list;
        made.elements.resize(static_cast<std::size_t>(count));
    });
}

void* make_number(const redisReadTask* task, long long value) {
    return place(task, [&](reply& made) {
        made.kind = reply::kind::number;
        made.number = value;
    });
}

void* make_nothing(const redisReadTask* task) {
    return place(task, [](reply&) {});
}

void free_reply(void* of) {
    delete static_cast<reply*>(of);
}

redisReplyObjectFunctions functions{make_text, make_list, make_number, make_nothing, free_reply};

}  // namespace

void reply_reader::ending::operator()(redisReader* of) const noexcept {
    redisReaderFree(of);
}

reply_reader::reply_reader() : reader_(redisReaderCreateWithFunctions(&functions)) {
    if (!reader_) throw std::bad_alloc();
}

result<void> reply_reader::feed(byte_view data) {
    fed_ += data.size();
    if (fed_ > most_bytes) return errc::too_large;
    if (redisReaderFeed(reader_.get(), reinterpret_cast<const char*>(data.data()), data.size()) != REDIS_OK)
        return errc::malformed;
    return {};
}

result<std::optional<reply>> reply_reader::next() {
    void* made = nullptr;
    if (redisReaderGetReply(reader_.get(), &made) != REDIS_OK) return errc::malformed;
    if (made == nullptr) return std::optional<reply>();
    fed_ = 0;
    const std::unique_ptr<reply> whole(static_cast<reply*>(made));
    return std::optional<reply>(std::move(*whole));
}

}  // namespace mtproto::store_redis
