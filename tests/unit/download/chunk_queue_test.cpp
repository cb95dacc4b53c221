// Chunks of parts that have come: in order, dropped, and delivered again after a seek.
#include "download/chunk_queue.hpp"

#include "unit/download/fake_source.hpp"

#include <doctest/doctest.h>

using namespace download_test;
using download::chunk_queue;

namespace {

/// Tickets 1, 2 ... of parts of 100 bytes that follow each other.
void fill(chunk_queue& queue, int parts) {
    for (int i = 0; i < parts; ++i) {
        const auto id = static_cast<schedule::ticket>(i + 1);
        queue.received(id, content(i * 100, 100));
        queue.deliver({id, i * 100, 0, 100});
    }
}

}  // namespace

TEST_CASE("chunks come in order, and move the position") {
    chunk_queue queue(0);
    CHECK_FALSE(queue.ready());
    fill(queue, 2);
    const chunk first = queue.take();
    CHECK(first.offset == 0);
    CHECK(is_content(0, first.data));
    CHECK(queue.position() == 100);
    queue.release();
    CHECK(is_content(100, queue.take().data));
    CHECK(queue.position() == 200);
    CHECK_FALSE(queue.ready());
}

TEST_CASE("a chunk is the piece of its part that the scheduler names") {
    chunk_queue queue(30);
    queue.received(7, content(0, 100));
    queue.deliver({7, 30, 30, 50});
    const chunk piece = queue.take();
    CHECK(piece.offset == 30);
    CHECK(piece.data.size() == 50);
    CHECK(is_content(30, piece.data));
    CHECK(queue.position() == 80);
}

TEST_CASE("a part that is dropped is delivered no more, the others are") {
    chunk_queue queue(0);
    fill(queue, 2);
    queue.drop(1);
    REQUIRE(queue.ready());
    CHECK(queue.take().offset == 100);
}

TEST_CASE("after a seek the part of the last chunk can be delivered again") {
    chunk_queue queue(0);
    fill(queue, 2);
    queue.take();
    queue.seek(50);
    CHECK_FALSE(queue.ready());
    CHECK(queue.position() == 50);
    queue.release();  // the reader comes again, and has nothing to give back
    queue.deliver({1, 50, 50, 50});
    CHECK(is_content(50, queue.take().data));
}
