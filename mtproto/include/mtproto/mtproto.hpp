// The whole library, but for its optional components and the types of the API: <mtproto/api.hpp>,
// <mtproto/local_dc.hpp>, <mtproto/sink/remux.hpp>, <mtproto/websocket.hpp>.
#pragma once

#include <mtproto/byte_stream.hpp>
#include <mtproto/bytes.hpp>
#include <mtproto/call_options.hpp>
#include <mtproto/client.hpp>
#include <mtproto/clock.hpp>
#include <mtproto/cluster.hpp>
#include <mtproto/config.hpp>
#include <mtproto/error.hpp>
#include <mtproto/link.hpp>
#include <mtproto/log.hpp>
#include <mtproto/login.hpp>
#include <mtproto/media.hpp>
#include <mtproto/media_facts.hpp>
#include <mtproto/media_of.hpp>
#include <mtproto/printable.hpp>
#include <mtproto/private_file.hpp>
#include <mtproto/progress.hpp>
#include <mtproto/proxy.hpp>
#include <mtproto/random.hpp>
#include <mtproto/session_store.hpp>
#include <mtproto/sink/callback.hpp>
#include <mtproto/sink/descriptor.hpp>
#include <mtproto/sink/existing_file.hpp>
#include <mtproto/sink/file.hpp>
#include <mtproto/sink/memory.hpp>
#include <mtproto/sink/pump.hpp>
#include <mtproto/sink/resumable_file.hpp>
#include <mtproto/sink/sink.hpp>
#include <mtproto/sink/stream_output.hpp>
#include <mtproto/verdict.hpp>
#include <mtproto/verification.hpp>
#include <mtproto/version.hpp>
#include <mtproto/wait.hpp>
#include <mtproto/window.hpp>
