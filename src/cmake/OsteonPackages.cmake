# SPDX-License-Identifier: Apache-2.0
# Every third-party package, each with the one reason it was chosen.
find_package(Eigen3 3.4 REQUIRED CONFIG)          # small dense host algebra
find_package(HDF5 REQUIRED COMPONENTS C)          # result files
find_package(ZLIB REQUIRED)                       # compressed MetaImage, gzip of result chunks
find_package(fmt REQUIRED CONFIG)                 # text
find_package(CLI11 REQUIRED CONFIG)               # command line
find_package(tomlplusplus REQUIRED)               # case files, with line and column of each key
find_package(nlohmann_json REQUIRED CONFIG)       # summary.json

set(OSTEON_HAS_ITK OFF)
if(NOT OSTEON_ITK STREQUAL "OFF")
  set(_components ITKCommon ITKIOImageBase ITKIOMeta ITKIONIFTI ITKIONRRD ITKIOTIFF ITKIOGDCM ITKSmoothing ITKImageGrid)
  find_package(ITK 5.2 QUIET COMPONENTS ${_components})   # medical image formats with the right geometry
  if(ITK_FOUND)
    set(OSTEON_HAS_ITK ON)
  elseif(OSTEON_ITK STREQUAL "ON")
    message(FATAL_ERROR "OSTEON_ITK=ON but ITK was not found (package libinsighttoolkit5-dev)")
  endif()
endif()

set(OSTEON_HAS_VTK OFF)
if(NOT OSTEON_VTK STREQUAL "OFF")
  find_package(VTK 9.1 QUIET COMPONENTS CommonCore CommonDataModel CommonExecutionModel IOCore IOXML)  # VTU out, VTI in
  if(VTK_FOUND)
    set(OSTEON_HAS_VTK ON)
  elseif(OSTEON_VTK STREQUAL "ON")
    message(FATAL_ERROR "OSTEON_VTK=ON but VTK was not found (package libvtk9-dev)")
  endif()
endif()
