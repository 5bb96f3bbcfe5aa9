# SPDX-License-Identifier: Apache-2.0
# Finds nvcc wherever it is; without it the CUDA backend is replaced by a stub that says "not compiled".
set(OSTEON_HAS_CUDA OFF)
if(NOT OSTEON_CUDA STREQUAL "OFF")
  find_program(OSTEON_NVCC nvcc HINTS ENV CUDA_HOME ENV CUDA_PATH /usr/local/cuda PATH_SUFFIXES bin)
  if(OSTEON_NVCC AND NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX})
    set(CMAKE_CUDA_COMPILER ${OSTEON_NVCC} CACHE FILEPATH "")
  endif()
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 80-real 90)   # before enable_language; "native" fails without a GPU
  endif()
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
    set(CMAKE_CUDA_STANDARD 17)                # CMake 3.25 has no CUDA20 dialect for nvcc
    set(CMAKE_CUDA_STANDARD_REQUIRED ON)
    # Kernels, copies and recorded graphs share the host thread's stream: the legacy default stream cannot be recorded.
    add_compile_options($<$<COMPILE_LANGUAGE:CUDA>:--default-stream=per-thread>)
    find_package(CUDAToolkit REQUIRED)
    set(OSTEON_HAS_CUDA ON)
  elseif(OSTEON_CUDA STREQUAL "ON")
    message(FATAL_ERROR "OSTEON_CUDA=ON but no CUDA compiler was found; set CUDACXX to nvcc")
  endif()
endif()
