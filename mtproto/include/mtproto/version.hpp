// The library's version.
#pragma once

#define MTPROTO_VERSION_MAJOR 0
#define MTPROTO_VERSION_MINOR 1
#define MTPROTO_VERSION_PATCH 0
