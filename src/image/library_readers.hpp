// SPDX-License-Identifier: Apache-2.0
// Readers that live in loadable modules (modules/), because the libraries behind them are large: what each hands out.
#pragma once

#include "formats.hpp"

namespace osteon {

/// Interface of the module osteon_image_itk; each throws InputError like the readers of formats.hpp.
struct ItkReaders {
  OpenScan (*nifti)(const std::filesystem::path& path);
  OpenScan (*nrrd)(const std::filesystem::path& path);
  OpenScan (*tiff)(const std::filesystem::path& path);
  OpenScan (*tiff_stack)(const std::vector<std::filesystem::path>& slices);
  OpenScan (*dicom_folder)(const std::filesystem::path& folder, std::size_t dicom_files);
};

/// Interface of the module osteon_image_vtk, likewise.
struct VtkReaders {
  OpenScan (*vti)(const std::filesystem::path& path);
};

extern "C" {  // defined in the modules, found by name
extern const ItkReaders osteon_image_itk;
extern const VtkReaders osteon_image_vtk;
}

}  // namespace osteon
