# What `cmake --install` puts where: the archive, the public and generated headers, and the package for find_package.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/mtproto)

install(TARGETS mtproto EXPORT mtproto-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
set(left_out "")
if(NOT MTPROTO_WITH_LOCALDC)
  list(APPEND left_out PATTERN "local_dc.hpp" EXCLUDE PATTERN "testing.hpp" EXCLUDE)
endif()
if(NOT MTPROTO_WITH_WEBSOCKET)
  list(APPEND left_out PATTERN "websocket.hpp" EXCLUDE)
endif()
if(NOT MTPROTO_WITH_SQLITE)
  list(APPEND left_out PATTERN "store_sqlite.hpp" EXCLUDE)
endif()
if(NOT MTPROTO_WITH_REDIS)
  list(APPEND left_out PATTERN "store_redis.hpp" EXCLUDE)
endif()
if(NOT MTPROTO_WITH_FOREIGN)
  list(APPEND left_out PATTERN "foreign_session.hpp" EXCLUDE)
endif()
if(NOT MTPROTO_WITH_REMUX)
  list(APPEND left_out PATTERN "remux.hpp" EXCLUDE PATTERN "probe.hpp" EXCLUDE)
endif()
install(
  DIRECTORY ${PROJECT_SOURCE_DIR}/mtproto/include/
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING
  PATTERN "*.hpp" ${left_out})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE ${PROJECT_SOURCE_DIR}/tl-schema/LICENSE.mtcute
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
# Older layers are the local data centre's own business.
install(
  DIRECTORY ${MTPROTO_GENERATED_DIR}/include/
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING
  PATTERN "*.hpp"
  PATTERN "tl_older*" EXCLUDE)

install(EXPORT mtproto-targets NAMESPACE mtproto:: DESTINATION ${package_dir})
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/mtproto-config.cmake.in ${PROJECT_BINARY_DIR}/mtproto-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/mtproto-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/mtproto-config.cmake ${PROJECT_BINARY_DIR}/mtproto-config-version.cmake
        DESTINATION ${package_dir})
