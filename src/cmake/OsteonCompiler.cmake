# SPDX-License-Identifier: Apache-2.0
# Compiler flags shared by every room, and osteon_room(), which declares one.
find_program(OSTEON_CCACHE ccache)
if(OSTEON_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${OSTEON_CCACHE})
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${OSTEON_CCACHE})
endif()

add_library(osteon_flags INTERFACE)
target_compile_options(osteon_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;-Wno-sign-conversion>
  $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${OSTEON_WERROR}>>:-Werror>)
if(OSTEON_SANITIZE)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${OSTEON_SANITIZE}>
                      $<$<COMPILE_LANGUAGE:CXX>:-fno-omit-frame-pointer>)
  add_link_options(-fsanitize=${OSTEON_SANITIZE})
endif()

find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Threads REQUIRED)

# Where the program looks for its modules (src/core/module.cpp), from the build folder and from the prefix.
set(OSTEON_MODULE_FOLDER lib/osteon)
add_custom_target(osteon_modules ALL)

# osteon_module(NAME SOURCE LIBRARIES...): NAME.so, opened by the program when first asked for. It holds its own copy of
# what it uses of the rooms and shows no symbol of theirs; exceptions are recognised by their names.
function(osteon_module name source)
  add_library(${name} MODULE ${source} $<TARGET_OBJECTS:osteon_module_build>)
  target_link_libraries(${name} PRIVATE ${ARGN} osteon_flags)
  target_link_options(${name} PRIVATE -Wl,--exclude-libs,ALL)
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX .so INSTALL_RPATH_USE_LINK_PATH ON
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${OSTEON_MODULE_FOLDER})
  install(TARGETS ${name} LIBRARY DESTINATION ${OSTEON_MODULE_FOLDER})
  add_dependencies(osteon_modules ${name})
endfunction()

# osteon_room(NAME LIBRARIES...): static library osteon_NAME of every .cpp in this folder.
function(osteon_room name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_library(osteon_${name} STATIC ${sources})
  target_include_directories(osteon_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(osteon_${name} PUBLIC ${ARGN} PRIVATE osteon_flags OpenMP::OpenMP_CXX)
endfunction()
