// SPDX-License-Identifier: Apache-2.0
// Exports, their bytes parsed back by the test itself.
#include "osteon/io/export.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <zlib.h>

#include <csignal>
#include <cstring>
#include <sstream>

#include "osteon/core/error.hpp"
#include "osteon/core/version.hpp"
#include "unit/io/example_result.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

struct Example {
  ScratchFolder folder;
  ElasticModel model = make_l_model({7, 3, 5});
  ResultData data = make_result(model);
  StoredResult stored;

  Example() {
    write_result(folder / "result.vtkhdf", data, {});
    stored = read_result(folder / "result.vtkhdf");
  }
};

std::string unzipped(const std::filesystem::path& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  std::string bytes(1 << 20, '\0');
  bytes.resize(static_cast<std::size_t>(gzread(file, bytes.data(), static_cast<unsigned>(bytes.size()))));
  gzclose(file);
  return bytes;
}

template <class T>
T at(const std::string& bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

/// Affine from the quaternion, by the formula of nifti1.h.
std::array<double, 12> affine_of_quaternion(const std::string& bytes) {
  const double b = at<float>(bytes, 256), c = at<float>(bytes, 260), d = at<float>(bytes, 264);
  const double a = std::sqrt(std::max(0.0, 1 - b * b - c * c - d * d)), qfac = at<float>(bytes, 76);
  const double r[9] = {a * a + b * b - c * c - d * d, 2 * b * c - 2 * a * d,         2 * b * d + 2 * a * c,
                       2 * b * c + 2 * a * d,         a * a + c * c - b * b - d * d, 2 * c * d - 2 * a * b,
                       2 * b * d - 2 * a * c,         2 * c * d + 2 * a * b,         a * a + d * d - c * c - b * b};
  std::array<double, 12> affine{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t axis = 0; axis < 3; ++axis)
      affine[4 * row + axis] = r[3 * row + axis] * at<float>(bytes, 80 + 4 * axis) * (axis == 2 ? qfac : 1);
    affine[4 * row + 3] = at<float>(bytes, 268 + 4 * row);
  }
  return affine;
}

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells;
  std::stringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  return cells;
}

}  // namespace

TEST_CASE("a NIfTI image holds the field at its voxels and puts them at the same place, x and y turned to RAS") {
  Example example;
  // Every kind of largest quaternion component, and a left-handed grid.
  const Mat3 turned = example.stored.geometry.direction;
  const Mat3 directions[] = {turned,
                             k_identity3,
                             {-1, 0, 0, 0, -1, 0, 0, 0, 1},
                             {0, 0, 1, 1, 0, 0, 0, 1, 0},
                             {1, 0, 0, 0, 1, 0, 0, 0, -1},
                             {1, 0, 0, 0, -1, 0, 0, 0, -1}};
  for (const Mat3& direction : directions) {
    example.stored.geometry.direction = direction;
    export_nifti(example.stored, "StrainEnergyDensity", example.folder / "e.nii", true);
    export_nifti(example.stored, "StrainEnergyDensity", example.folder / "e.nii.gz", true);
    const std::string bytes = read_bytes(example.folder / "e.nii");
    CHECK(unzipped(example.folder / "e.nii.gz") == bytes);
    CHECK(read_bytes(example.folder / "e.nii.gz").size() < bytes.size());

    REQUIRE(bytes.size() == 352 + 4 * 7 * 3 * 5);
    CHECK(at<std::int32_t>(bytes, 0) == 348);
    CHECK(bytes.substr(344, 4) == std::string("n+1\0", 4));
    const std::int16_t dim[4] = {3, 7, 3, 5};
    for (std::size_t d = 0; d < 4; ++d) CHECK(at<std::int16_t>(bytes, 40 + 2 * d) == dim[d]);
    CHECK(at<std::int16_t>(bytes, 70) == 16);
    const auto by_quaternion = affine_of_quaternion(bytes);
    for (std::size_t row = 0; row < 3; ++row)
      for (std::size_t column = 0; column < 4; ++column) {
        const auto& g = example.stored.geometry;
        const double lps = column < 3 ? direction[3 * row + column] * g.spacing_mm[column] : g.origin_mm[row];
        CHECK(at<float>(bytes, 280 + 16 * row + 4 * column) == static_cast<float>(row < 2 ? -lps : lps));
        CHECK(by_quaternion[4 * row + column] == doctest::Approx(row < 2 ? -lps : lps).epsilon(1e-6));
      }
    std::size_t voxel = 352;
    for (int z = 0; z < 5; ++z)
      for (int y = 0; y < 3; ++y)
        for (int x = 0; x < 7; ++x, voxel += 4) {
          const bool bone = example.model.mesh->element_at({x, y, z}) != k_no_node;
          CHECK(at<float>(bytes, voxel) == (bone ? static_cast<float>(field_value({x, y, z}, 0)) : 0.0f));
        }
  }
}

TEST_CASE("a tensor becomes a five-dimensional NIfTI image, component after component in the file's order") {
  const Example example;

  export_nifti(example.stored, "Strain", example.folder / "strain.nii");

  const std::string bytes = read_bytes(example.folder / "strain.nii");
  CHECK(at<std::int16_t>(bytes, 40) == 5);
  CHECK(at<std::int16_t>(bytes, 50) == 6);
  CHECK(at<std::int16_t>(bytes, 68) == 1007);
  CHECK(bytes.substr(148).find("Strain [-] (xx yy zz xy yz xz; image axes)") == 0);
  const std::size_t xz = 352 + 4 * (5 * 7 * 3 * 5 + 2);  // voxel 2,0,0
  CHECK(at<float>(bytes, xz) == static_cast<float>(field_value({2, 0, 0}, 4)));
}

TEST_CASE("the cell table reads back to the same numbers, with units in the head") {
  const Example example;

  export_csv(example.stored, false, example.folder / "cells.csv");

  std::ifstream file(example.folder / "cells.csv");
  std::string line;
  std::getline(file, line);
  const auto head = split(line);
  REQUIRE(head.size() == 6 + 1 + 6 + 1);
  CHECK(head[0] == "voxel_i");
  CHECK(head[3] == "x [mm]");
  CHECK(head[6] == "MaterialID");
  CHECK(head[10] == "Strain_xy");
  CHECK(head[13] == "StrainEnergyDensity [MPa]");
  std::size_t rows = 0;
  for (; std::getline(file, line); ++rows) {
    const auto cell = split(line);
    const Index3 p{std::stoi(cell[0]), std::stoi(cell[1]), std::stoi(cell[2])};
    CHECK(p == example.stored.element_positions[rows]);
    CHECK(std::stoi(cell[6]) == static_cast<int>(field_value(p, 0)));
    CHECK(std::stof(cell[10]) == static_cast<float>(field_value(p, 5)));
    CHECK(std::stof(cell[13]) == static_cast<float>(field_value(p, 0)));
    const auto& g = example.stored.geometry;
    const double z =
        g.origin_mm[2] + g.direction[6] * 0.1 * p.x + g.direction[7] * 0.25 * p.y + g.direction[8] * 0.4 * p.z;
    CHECK(std::stod(cell[5]) == doctest::Approx(z).epsilon(1e-14));
  }
  CHECK(rows == example.model.mesh->element_count());
}

TEST_CASE("the point table keeps every digit of a double") {
  const Example example;

  export_csv(example.stored, true, example.folder / "points.csv");

  std::ifstream file(example.folder / "points.csv");
  std::string line;
  std::getline(file, line);
  CHECK(line == "point,x [mm],y [mm],z [mm],Displacement_x [mm],Displacement_y [mm],Displacement_z [mm]");
  for (std::size_t n = 0; std::getline(file, line); ++n) {
    const auto cell = split(line);
    for (std::size_t d = 0; d < 3; ++d) {
      CHECK(std::stof(cell[1 + d]) == static_cast<float>(example.stored.points_mm[n][d]));
      CHECK(std::stod(cell[4 + d]) == find_field(example.stored.fields, "Displacement").values_f64[3 * n + d]);
    }
  }
}

TEST_CASE("XDMF points at the arrays of the result beside it") {
  const Example example;

  export_xdmf(example.stored, example.folder / "result.vtkhdf", example.folder / "result.xdmf");

  const std::string xml = read_bytes(example.folder / "result.xdmf");
  CHECK(xml.find(">result.vtkhdf:/VTKHDF/Connectivity<") != std::string::npos);
  CHECK(xml.find("NumberOfElements=\"13\"") != std::string::npos);
  CHECK(xml.find("Tensor6") == std::string::npos);
  CHECK(xml.find("Name=\"Strain_xz\" AttributeType=\"Scalar\" Center=\"Cell\"") != std::string::npos);
  CHECK(xml.find(">0 5 1 1 13 1<") != std::string::npos);
  CHECK(xml.find("Precision=\"8\">result.vtkhdf:/VTKHDF/PointData/Displacement<") != std::string::npos);
}

TEST_CASE("VTU is written by VTK, or the missing package is named") {
  const Example example;
  if (built_with("vtk")) {
    export_vtu(example.stored, example.folder / "result.vtu");
    const std::string bytes = read_bytes(example.folder / "result.vtu");
    CHECK(bytes.find("header_type=\"UInt64\"") != std::string::npos);
    CHECK(bytes.find("vtkZLibDataCompressor") != std::string::npos);
    CHECK(bytes.find("<AppendedData encoding=\"raw\">") != std::string::npos);
    CHECK(bytes.find("NumberOfPoints=\"56\"") != std::string::npos);
  } else {
    CHECK_THROWS_WITH_AS(export_vtu(example.stored, example.folder / "result.vtu"), doctest::Contains("libvtk9-dev"),
                         InputError);
  }
}

TEST_CASE("a VTU that does not fit on the disk says so and leaves nothing") {
  if (!built_with("vtk")) return;
  const Example example;
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{1000, old.rlim_max};

  setrlimit(RLIMIT_FSIZE, &tight);
  std::string message;
  try {
    export_vtu(example.stored, example.folder / "result.vtu");
  } catch (const InputError& error) {
    message = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &old);

  CHECK(message == "cannot write " + (example.folder / "result.vtu").string() + ": no space left on the disk");
  CHECK(example.folder.file_count() == 1);  // result.vtkhdf
}

TEST_CASE("no export replaces a file unless told to, and none leaves a partial one") {
  const Example example;
  std::ofstream(example.folder / "taken.nii") << "precious";
  const auto taken = example.folder / "taken.nii";

  CHECK_THROWS_WITH_AS(export_nifti(example.stored, "MaterialID", taken), doctest::Contains("--overwrite"), UsageError);
  CHECK_THROWS_AS(export_csv(example.stored, true, taken), UsageError);
  CHECK_THROWS_AS(export_xdmf(example.stored, example.folder / "result.vtkhdf", taken), UsageError);
  CHECK_THROWS_AS(export_vtu(example.stored, taken), UsageError);
  CHECK(read_bytes(taken) == "precious");

  CHECK_THROWS_AS(export_csv(example.stored, true, example.folder / "absent/points.csv"), InputError);
  CHECK_THROWS_WITH_AS(export_nifti(example.stored, "Displacement", example.folder / "u.nii"),
                       doctest::Contains("lives on points"), InputError);
  CHECK_THROWS_AS(export_nifti(example.stored, "Nonsense", example.folder / "u.nii"), InputError);
  CHECK_THROWS_AS(export_nifti(example.stored, "MaterialID", example.folder / "u.mha"), UsageError);
  CHECK(example.folder.file_count() == 2);  // result.vtkhdf and taken.nii
}
