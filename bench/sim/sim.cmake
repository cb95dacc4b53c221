# The simulator as a room of its own, for the benchmarks and for the tests, whichever comes first.
include_guard(GLOBAL)
block(SCOPE_FOR VARIABLES)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
  mtproto_add_room(sim SOURCES ${sources} USES schedule traffic rpc)
  target_include_directories(mtproto_sim PUBLIC ${CMAKE_CURRENT_LIST_DIR}/..)
endblock()
