# Which schema of Telegram's API is built, and its layer, which the file alone says.
#   MTPROTO_SCHEMA             the file
#   MTPROTO_LAYER              its layer
#   MTPROTO_SCHEMA_IS_DEFAULT  whether it says what tl-schema/api.tl says

set(MTPROTO_API_SCHEMA "" CACHE FILEPATH "Another schema of Telegram's API instead of tl-schema/api.tl")

set(default_schema ${PROJECT_SOURCE_DIR}/tl-schema/api.tl)
set(MTPROTO_SCHEMA ${default_schema})
if(MTPROTO_API_SCHEMA)
  set(MTPROTO_SCHEMA ${MTPROTO_API_SCHEMA})
endif()
if(NOT EXISTS ${MTPROTO_SCHEMA} OR IS_DIRECTORY ${MTPROTO_SCHEMA})
  message(FATAL_ERROR "MTPROTO_API_SCHEMA: there is no file ${MTPROTO_SCHEMA}")
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${MTPROTO_SCHEMA} ${default_schema})

file(STRINGS ${MTPROTO_SCHEMA} layer_lines REGEX "^// LAYER [0-9]+$")
if(NOT layer_lines MATCHES "^// LAYER ([0-9]+)$")
  message(FATAL_ERROR "${MTPROTO_SCHEMA}: expected one line '// LAYER n', found '${layer_lines}'")
endif()
set(MTPROTO_LAYER ${CMAKE_MATCH_1})

file(SHA256 ${MTPROTO_SCHEMA} schema_hash)
file(SHA256 ${default_schema} default_hash)
if(schema_hash STREQUAL default_hash)
  set(MTPROTO_SCHEMA_IS_DEFAULT TRUE)
else()
  set(MTPROTO_SCHEMA_IS_DEFAULT FALSE)
  message(STATUS "The API is layer ${MTPROTO_LAYER} of ${MTPROTO_SCHEMA}")
endif()
