// SPDX-License-Identifier: Apache-2.0
// Writes the asymmetric example of the io tests and every export of it into a folder, for check_result.py.
#include "osteon/core/error.hpp"
#include "osteon/core/version.hpp"
#include "osteon/io/export.hpp"
#include "readback/write_main.hpp"
#include "unit/io/example_result.hpp"

namespace {

void write_all(const std::filesystem::path& folder) {
  using namespace osteon;
  std::filesystem::create_directories(folder);
  const ElasticModel model = test::make_l_model({19, 7, 12});
  write_result(folder / "result.vtkhdf", test::make_result(model), {});
  write_result(folder / "plain.vtkhdf", test::make_result(model), {0, 0});
  const StoredResult stored = read_result(folder / "result.vtkhdf");
  std::filesystem::remove(folder / "result.vtu");
  if (built_with("vtk")) export_vtu(stored, folder / "result.vtu", true);
  export_xdmf(stored, folder / "result.vtkhdf", folder / "result.xdmf", true);
  export_nifti(stored, "StrainEnergyDensity", folder / "energy.nii.gz", true);
  export_nifti(stored, "Strain", folder / "strain.nii", true);
  export_csv(stored, false, folder / "cells.csv", true);
  export_csv(stored, true, folder / "points.csv", true);
}

}  // namespace

int main(int argc, char** argv) { return write_main(argc, argv, write_all); }
