# mtproto_generated(NAME SCHEMA FILE [USES ROOM ...])
#   A room of generated code: tlgen writes <mtproto/NAME.hpp>, <mtproto/NAME_fwd.hpp> and NAME's sources into the build
#   tree, and only what has changed.

set(MTPROTO_API_ROOTS "" CACHE FILEPATH "A file of method names, one a line: generate only what these and the library itself reach")

# Few enough that reading the header again for each costs little, enough to keep some cores busy.
set(MTPROTO_API_SOURCES 8)

# mtproto_generate(NAME SCHEMA FILE OUT VARIABLE [SOURCES N] [OPTIONS ...]): the custom command; VARIABLE gets the sources.
function(mtproto_generate NAME)
  cmake_parse_arguments(GEN "" "SCHEMA;OUT;SOURCES" "OPTIONS;DEPENDS" ${ARGN})
  if(NOT GEN_SOURCES)
    set(GEN_SOURCES 1)
  endif()
  set(headers ${MTPROTO_GENERATED_DIR}/include/mtproto)
  set(folder ${MTPROTO_GENERATED_DIR}/src/${NAME})
  set(stamp ${folder}/${NAME}.stamp)
  set(sources "")
  math(EXPR last "${GEN_SOURCES} - 1")
  foreach(part RANGE ${last})
    list(APPEND sources ${folder}/${NAME}_${part}.cpp)
  endforeach()
  add_custom_command(
    OUTPUT ${stamp}
    BYPRODUCTS ${headers}/${NAME}.hpp ${headers}/${NAME}_fwd.hpp ${sources}
    COMMAND tlgen ${GEN_SCHEMA} --name ${NAME} --headers ${headers} --sources-dir ${folder} --sources ${GEN_SOURCES}
            ${GEN_OPTIONS}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS tlgen ${GEN_SCHEMA} ${GEN_DEPENDS}
    COMMENT "Generating ${NAME}"
    VERBATIM)
  set(${GEN_OUT} ${stamp} ${sources} PARENT_SCOPE)
endfunction()

function(mtproto_generated NAME)
  cmake_parse_arguments(ROOM "" "SCHEMA" "USES" ${ARGN})
  set(options "")
  set(depends "")
  set(parts 1)
  if(NAME STREQUAL tl_api)
    set(parts ${MTPROTO_API_SOURCES})
    if(MTPROTO_API_ROOTS)
      set(depends ${MTPROTO_API_ROOTS} ${PROJECT_SOURCE_DIR}/tl-schema/library.roots)
      if(MTPROTO_WITH_LOCALDC)
        list(APPEND depends ${PROJECT_SOURCE_DIR}/tl-schema/local_dc.roots)
      endif()
      foreach(file IN LISTS depends)
        list(APPEND options --roots ${file})
      endforeach()
    endif()
  elseif(NAME STREQUAL tl_older)
    set(options --opaque)
  endif()
  mtproto_generate(${NAME} SCHEMA ${ROOM_SCHEMA} OUT generated SOURCES ${parts} OPTIONS ${options} DEPENDS ${depends})
  mtproto_add_room(${NAME} SOURCES ${generated} USES ${ROOM_USES})
endfunction()
