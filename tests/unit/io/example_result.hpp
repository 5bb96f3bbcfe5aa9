// SPDX-License-Identifier: Apache-2.0
// A small asymmetric bone: an L with three different arms on an anisotropic, shifted, turned grid, and fields that tell
// every axis, node and component apart.
#pragma once

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "osteon/io/result_file.hpp"

namespace osteon::test {

/// A folder that goes with the test.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "osteon-io-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }
  std::size_t file_count() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The grid is turned by 30 degrees about z and then by 20 degrees about x.
inline ImageGeometry turned_geometry(Index3 size) {
  const double a = std::acos(-1.0) / 6, b = std::acos(-1.0) / 9;
  const double ca = std::cos(a), sa = std::sin(a), cb = std::cos(b), sb = std::sin(b);
  return {size, {0.1, 0.25, 0.4}, {-12.5, 7.25, 100.0}, {ca, -sa, 0, cb * sa, cb * ca, -sb, sb * sa, sb * ca, cb}};
}

/// Arms of an L in space: `size.x` voxels along x, `size.y` along y, `size.z` along z, all from voxel 0,0,0.
inline ElasticModel make_l_model(Index3 size) {
  std::vector<std::uint8_t> active(static_cast<std::size_t>(size.volume()), 0);
  for (int z = 0; z < size.z; ++z)
    for (int y = 0; y < size.y; ++y)
      for (int x = 0; x < size.x; ++x)
        active[(static_cast<std::size_t>(z) * size.y + y) * size.x + x] = (x == 0) + (y == 0) + (z == 0) >= 2;
  ElasticModel model;
  model.geometry = turned_geometry(size);
  model.mesh = std::make_shared<VoxelMesh>(size, model.geometry.spacing_mm, active);
  return model;
}

/// Exactly representable, different for every item and component.
inline double field_value(Index3 p, int component) { return p.x + 32.0 * p.y + 1024.0 * p.z + component / 8.0; }

template <class T>
std::vector<T> field_values(const std::vector<Index3>& positions, int components) {
  std::vector<T> values;
  for (const Index3& p : positions)
    for (int c = 0; c < components; ++c) values.push_back(static_cast<T>(field_value(p, c)));
  return values;
}

inline ResultData make_result(const ElasticModel& model) {
  const VoxelMesh& mesh = *model.mesh;
  ResultData data;
  data.model = &model;
  OutputField u, strain, energy, material;
  u.name = "Displacement", u.location = FieldLocation::point, u.components = 3, u.unit = "mm";
  u.values_f64 = field_values<double>(mesh.node_positions(), 3);
  u.values_f64[4] = 0.1;  // not exact in float
  strain.name = "Strain", strain.components = 6;
  strain.values = field_values<float>(mesh.element_positions(), 6);
  energy.name = "StrainEnergyDensity", energy.unit = "MPa";
  energy.values = field_values<float>(mesh.element_positions(), 1);
  material.name = "MaterialID";
  material.values_i32 = field_values<std::int32_t>(mesh.element_positions(), 1);
  data.fields = {u, strain, energy, material};
  data.node_sets = {{"high", {3, 1, 2}}, {"low", {}}};
  data.summary_json = "{\"schema\": \"osteon-summary/1\", \"unit\": \"\xc2\xb5m\"}";
  data.case_toml = "[image]\nfile = \"a.mha\"\n";
  data.residual_histories = {{1, 0.5, 1e-7}, {}};
  data.load_case_names = {"axial", "shear_zx"};
  data.provenance = {{"backend", "cpu"}};
  return data;
}

inline const OutputField& find_field(const std::vector<OutputField>& fields, const std::string& name) {
  for (const OutputField& field : fields)
    if (field.name == name) return field;
  throw std::runtime_error("no field " + name);
}

}  // namespace osteon::test
