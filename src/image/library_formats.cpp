// SPDX-License-Identifier: Apache-2.0
// The way to the readers in loadable modules, and what is said where there is none.
#include <fmt/format.h>

#include "library_readers.hpp"
#include "osteon/core/error.hpp"
#include "osteon/core/module.hpp"
#include "osteon/core/version.hpp"

namespace osteon {
namespace {

namespace fs = std::filesystem;

struct Library {
  const char *part, *name, *package, *module;
};
constexpr Library k_itk = {"itk", "ITK", "libinsighttoolkit5-dev", "osteon_image_itk"};
constexpr Library k_vtk = {"vtk", "VTK", "libvtk9-dev", "osteon_image_vtk"};

/// Readers of the library's module, to read `path`, a file of `format`; throws InputError where there are none.
template <class Readers>
const Readers& readers_of(const Library& library, const fs::path& path, const char* format) {
  ModuleEntry entry;
  if (built_with(library.part))
    entry = find_in_module(library.module, library.module);
  else
    entry.problem = fmt::format("this Osteon was built without it; install {} and build again", library.package);
  if (entry.address != nullptr) return *static_cast<const Readers*>(entry.address);
  throw InputError(fmt::format("{}: reading {} needs {}, and {}, or convert the image to .mha", path.string(), format,
                               library.name, entry.problem));
}

const ItkReaders& itk(const fs::path& path, const char* format) { return readers_of<ItkReaders>(k_itk, path, format); }

}  // namespace

OpenScan open_nifti(const fs::path& path) { return itk(path, "NIfTI").nifti(path); }
OpenScan open_nrrd(const fs::path& path) { return itk(path, "NRRD").nrrd(path); }
OpenScan open_tiff(const fs::path& path) { return itk(path, "TIFF").tiff(path); }
OpenScan open_tiff_stack(const std::vector<fs::path>& slices) { return itk(slices.front(), "TIFF").tiff_stack(slices); }
OpenScan open_dicom_folder(const fs::path& folder, std::size_t dicom_files) {
  return itk(folder, "DICOM").dicom_folder(folder, dicom_files);
}
OpenScan open_vti(const fs::path& path) { return readers_of<VtkReaders>(k_vtk, path, ".vti").vti(path); }

}  // namespace osteon
