// SPDX-License-Identifier: Apache-2.0
// VTU through the loadable module that holds VTK's writer, and what is said where there is none.
#include "osteon/core/error.hpp"
#include "osteon/core/module.hpp"
#include "osteon/core/version.hpp"
#include "osteon/io/export.hpp"
#include "staged_file.hpp"
#include "vtu_writer.hpp"

namespace osteon {

void export_vtu(const StoredResult& result, const std::filesystem::path& path, bool overwrite) {
  refuse_to_overwrite(path, overwrite);
  ModuleEntry entry;
  if (built_with("vtk"))
    entry = find_in_module("osteon_io_vtk", "osteon_io_vtk");
  else
    entry.problem = "this Osteon was built without it (package libvtk9-dev); install it and build again";
  if (entry.address == nullptr)
    throw InputError("cannot write " + path.string() + ": .vtu needs VTK, and " + entry.problem +
                     ", or export to XDMF; result.vtkhdf itself opens in ParaView 5.11 and later");
  StagedFile staged(path);
  static_cast<const VtuWriter*>(entry.address)->write(result, staged.path(), path);
  staged.commit();
}

}  // namespace osteon
