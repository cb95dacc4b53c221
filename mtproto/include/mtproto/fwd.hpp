// The names of the library, forward declared: for headers that only mention them.
#pragma once

#include <mtproto/tl_api_fwd.hpp>

namespace mtproto {

class buffer;
class byte_stream;
class bytes;
class client;
class error;
class login_ui;
class random_source;
class session_store;
struct account;
struct byte_range;
struct call_options;
struct chunk;
struct cluster;
struct config;
struct failure;
struct file_hash;
struct media;
struct message_link;
struct progress;
struct proxy;
struct stream_options;
struct wait_info;

namespace window {
class strategy;
}
namespace sink {
class sink;
}
namespace tl {
class reader;
class sum;
class writer;
struct raw;
}  // namespace tl

}  // namespace mtproto
