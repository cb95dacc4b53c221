# mtproto_room(NAME [USES ROOM ...] [LIBRARIES TARGET ...])
#   One room: an object library of src/NAME/*.cpp that links only the rooms and packages it names.
# mtproto_generated(NAME SCHEMA FILE [USES ROOM ...])
#   A room of generated code: tlgen writes NAME's headers and sources into the build tree.
# mtproto_rooms_closure(OUT ROOM ...)
#   The named rooms and all that they use, directly or not.
# mtproto_link_rooms(TARGET ROOM ...)
#   Gives TARGET the objects of the rooms and of all that they use (an object library passes on no objects by itself).
# mtproto_library()
#   The library that users link: all rooms in one archive.

set(MTPROTO_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)

add_library(mtproto_options INTERFACE)
target_compile_features(mtproto_options INTERFACE cxx_std_20)
target_compile_options(mtproto_options INTERFACE -Wall -Wextra -Wpedantic)
# g++ 12 sees Asio's coroutine frames come from aligned_alloc and go through a class's operator delete.
target_compile_options(mtproto_options INTERFACE -Wno-mismatched-new-delete)
if(MTPROTO_WARNINGS_AS_ERRORS)
  target_compile_options(mtproto_options INTERFACE -Werror)
endif()
# Asio by separate compilation: its bodies are compiled once, in io (asio.hpp alone costs a file over 2 s).
set(MTPROTO_PUBLIC_DEFINITIONS BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
# Asio's second kind of timer stays with the users; here it would cost each file that sees a socket a tenth of its time.
target_compile_definitions(mtproto_options INTERFACE ${MTPROTO_PUBLIC_DEFINITIONS} BOOST_ASIO_DISABLE_BOOST_DATE_TIME)
target_include_directories(
  mtproto_options
  INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/mtproto/include> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/mtproto/src>
            $<BUILD_INTERFACE:${MTPROTO_GENERATED_DIR}/include>)
target_link_libraries(mtproto_options INTERFACE Boost::boost)

# Sources of a room in few compilations. Coroutines stay apart, as g++ 12 mixes up the frames of those that have one name
# in several anonymous namespaces. Sources that define a macro stay apart, too.
function(mtproto_compile_together TARGET)
  foreach(source IN LISTS ARGN)
    if(EXISTS ${source})
      file(STRINGS ${source} apart REGEX "co_(await|return|yield)|^#define" LIMIT_COUNT 1)
      if(apart)
        set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      endif()
    endif()
  endforeach()
  set_target_properties(${TARGET} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
endfunction()

function(mtproto_add_room NAME)
  cmake_parse_arguments(ROOM "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  add_library(mtproto_${NAME} OBJECT ${ROOM_SOURCES})
  target_link_libraries(mtproto_${NAME} PUBLIC mtproto_options ${ROOM_LIBRARIES})
  if(MTPROTO_UNITY)
    mtproto_compile_together(mtproto_${NAME} ${ROOM_SOURCES})
  endif()
  foreach(used IN LISTS ROOM_USES)
    target_link_libraries(mtproto_${NAME} PUBLIC mtproto_${used})
  endforeach()
  set_property(GLOBAL PROPERTY MTPROTO_USES_${NAME} ${ROOM_USES})
  set_property(GLOBAL PROPERTY MTPROTO_LIBRARIES_${NAME} ${ROOM_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY MTPROTO_ROOMS ${NAME})
endfunction()

function(mtproto_room NAME)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/mtproto/src/${NAME}/*.cpp)
  if(NOT sources)  # a room that has only headers so far
    set(sources ${PROJECT_BINARY_DIR}/headers_only.cpp)
    if(NOT EXISTS ${sources})
      file(TOUCH ${sources})
    endif()
  endif()
  mtproto_add_room(${NAME} SOURCES ${sources} ${ARGN})
endfunction()

function(mtproto_rooms_closure OUT)
  set(todo ${ARGN})
  set(done "")
  while(todo)
    list(POP_FRONT todo room)
    if(room IN_LIST done)
      continue()
    endif()
    list(APPEND done ${room})
    get_property(uses GLOBAL PROPERTY MTPROTO_USES_${room})
    list(APPEND todo ${uses})
  endwhile()
  set(${OUT} ${done} PARENT_SCOPE)
endfunction()

function(mtproto_link_rooms TARGET)
  mtproto_rooms_closure(rooms ${ARGN})
  target_link_libraries(${TARGET} PRIVATE mtproto_options)
  foreach(room IN LISTS rooms)
    get_property(libraries GLOBAL PROPERTY MTPROTO_LIBRARIES_${room})
    target_sources(${TARGET} PRIVATE $<TARGET_OBJECTS:mtproto_${room}>)
    target_link_libraries(${TARGET} PRIVATE ${libraries})
    add_dependencies(${TARGET} mtproto_${room})
  endforeach()
endfunction()

function(mtproto_library)
  get_property(rooms GLOBAL PROPERTY MTPROTO_ROOMS)
  add_library(mtproto STATIC)
  add_library(mtproto::mtproto ALIAS mtproto)
  # Users get the public headers and what those need, not the options that the project compiles itself with.
  target_compile_features(mtproto PUBLIC cxx_std_20)
  target_compile_definitions(mtproto PUBLIC ${MTPROTO_PUBLIC_DEFINITIONS})
  target_include_directories(
    mtproto PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/mtproto/include>
                   $<BUILD_INTERFACE:${MTPROTO_GENERATED_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(mtproto PUBLIC Boost::boost)
  foreach(room IN LISTS rooms)
    get_property(libraries GLOBAL PROPERTY MTPROTO_LIBRARIES_${room})
    target_sources(mtproto PRIVATE $<TARGET_OBJECTS:mtproto_${room}>)
    target_link_libraries(mtproto PRIVATE ${libraries})
    add_dependencies(mtproto mtproto_${room})
  endforeach()
endfunction()
