// SPDX-License-Identifier: Apache-2.0
// result.vtkhdf: what was written comes back, and a bad file or a bad disk is said in words.
#include "osteon/io/result_file.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "kernels/element/voigt.hpp"
#include "osteon/core/error.hpp"
#include "unit/io/example_result.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

std::string message_of_read(const std::filesystem::path& path) {
  try {
    read_result(path);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no InputError";
}

void check_same(const StoredResult& stored, const ResultData& data) {
  const VoxelMesh& mesh = *data.model->mesh;
  CHECK(stored.size == mesh.size());
  CHECK(stored.geometry.spacing_mm == data.model->geometry.spacing_mm);
  CHECK(stored.geometry.origin_mm == data.model->geometry.origin_mm);
  CHECK(stored.geometry.direction == data.model->geometry.direction);
  CHECK(stored.element_positions == mesh.element_positions());
  CHECK(stored.summary_json == data.summary_json);
  CHECK(stored.case_toml == data.case_toml);
  REQUIRE(stored.node_sets.size() == data.node_sets.size());
  for (std::size_t s = 0; s < stored.node_sets.size(); ++s) {
    CHECK(stored.node_sets[s].name == data.node_sets[s].name);
    CHECK(stored.node_sets[s].nodes == data.node_sets[s].nodes);
  }
  REQUIRE(stored.fields.size() == data.fields.size());
  for (const OutputField& written : data.fields) {
    OutputField read = find_field(stored.fields, written.name);
    make_internal_order(read);
    make_image_axes(read, stored.geometry);
    if (is_point_vector(read)) {  // turned there and back by an oblique direction
      REQUIRE(read.values_f64.size() == written.values_f64.size());
      double worst = 0, largest = 1;
      for (std::size_t i = 0; i < read.values_f64.size(); ++i) {
        worst = std::max(worst, std::abs(read.values_f64[i] - written.values_f64[i]));
        largest = std::max(largest, std::abs(written.values_f64[i]));
      }
      CHECK(worst < 1e-14 * largest);
      read.values_f64 = written.values_f64;
    }
    CHECK(read.location == written.location);
    CHECK(read.components == written.components);
    CHECK(read.unit == written.unit);
    CHECK(read.values == written.values);
    CHECK(read.values_f64 == written.values_f64);
    CHECK(read.values_i32 == written.values_i32);
  }
}

}  // namespace

TEST_CASE("a result is read back whole, compressed or not, with one thread or several") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({19, 7, 12});
  const ResultData data = make_result(model);

  for (const WriteSettings& settings :
       {WriteSettings{0, 1}, WriteSettings{1, 1}, WriteSettings{1, 3}, WriteSettings{9, 0}}) {
    write_result(folder / "result.vtkhdf", data, settings);
    check_same(read_result(folder / "result.vtkhdf"), data);
  }
  CHECK(folder.file_count() == 1);
}

TEST_CASE("a mesh of many chunks is the same file whatever the number of threads") {
  const ScratchFolder folder;
  const Index3 size{60, 50, 40};  // 120 000 cells: two chunks of cells, fifteen of connectivity
  ElasticModel model;
  model.geometry = turned_geometry(size);
  model.mesh = std::make_shared<VoxelMesh>(size, model.geometry.spacing_mm,
                                           std::vector<std::uint8_t>(static_cast<std::size_t>(size.volume()), 1));
  ResultData data = make_result(model);
  std::mt19937 random(5);
  std::normal_distribution<double> noise;  // incompressible mantissas take the stored path
  for (double& value : data.fields[0].values_f64) value = noise(random);

  write_result(folder / "one.vtkhdf", data, {1, 1});
  write_result(folder / "four.vtkhdf", data, {1, 4});
  write_result(folder / "plain.vtkhdf", data, {0, 4});

  CHECK(read_bytes(folder / "one.vtkhdf").size() == read_bytes(folder / "four.vtkhdf").size());
  CHECK(read_bytes(folder / "one.vtkhdf").size() < read_bytes(folder / "plain.vtkhdf").size() / 3);
  check_same(read_result(folder / "one.vtkhdf"), data);
  check_same(read_result(folder / "four.vtkhdf"), data);
  const StoredResult plain = read_result(folder / "plain.vtkhdf"), packed = read_result(folder / "one.vtkhdf");
  check_same(plain, data);
  CHECK(plain.connectivity == packed.connectivity);
  CHECK(plain.points_mm == packed.points_mm);
}

TEST_CASE("points lie where the turned, shifted, anisotropic grid puts the corners of each voxel") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({5, 3, 4});
  write_result(folder / "r.vtkhdf", make_result(model), {});

  const StoredResult stored = read_result(folder / "r.vtkhdf");

  // Corners of a VTK hexahedron: round the low face, then round the high face.
  const int corner[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
  const auto& g = stored.geometry;
  for (std::size_t e = 0; e < stored.element_positions.size(); ++e)
    for (std::size_t c = 0; c < 8; ++c)
      for (std::size_t row = 0; row < 3; ++row) {
        double expected = g.origin_mm[row];
        for (int axis = 0; axis < 3; ++axis)
          expected += g.direction[3 * row + static_cast<std::size_t>(axis)] *
                      g.spacing_mm[static_cast<std::size_t>(axis)] *
                      (stored.element_positions[e][axis] + corner[c][axis] - 0.5);
        const auto point = static_cast<std::size_t>(stored.connectivity[8 * e + c]);
        CHECK(stored.points_mm[point][row] == doctest::Approx(expected).epsilon(1e-7));
      }
}

TEST_CASE("tensors are stored in VTK's order and come back in ours") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({2, 3, 4});
  const ResultData data = make_result(model);
  write_result(folder / "r.vtkhdf", data, {});

  OutputField strain = read_result(folder / "r.vtkhdf", {"Strain"}).fields.at(0);

  CHECK(strain.vtk_order);
  const auto& ours = data.fields[1].values;
  for (std::size_t e = 0; e < ours.size() / 6; ++e) {
    CHECK(strain.values[6 * e + 3] == ours[6 * e + k_xy]);
    CHECK(strain.values[6 * e + 4] == ours[6 * e + k_yz]);
    CHECK(strain.values[6 * e + 5] == ours[6 * e + k_zx]);
  }
  make_internal_order(strain);
  CHECK(strain.values == ours);
}

TEST_CASE("a rigid rotation warps the points of a turned grid onto the rotated points") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  const ImageGeometry& g = model.geometry;
  const Mat3 third = {0, 0, 1, 1, 0, 0, 0, 1, 0};  // one third of a turn about the diagonal, in image axes
  ResultData data = make_result(model);
  std::vector<double>& u = data.fields[0].values_f64;
  const auto& nodes = model.mesh->node_positions();
  const auto place = [&](Index3 p) {  // image axes, mm from the centre of voxel 0,0,0
    return Vec3{(p.x - 0.5) * g.spacing_mm[0], (p.y - 0.5) * g.spacing_mm[1], (p.z - 0.5) * g.spacing_mm[2]};
  };
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    const Vec3 x = place(nodes[n]);
    for (std::size_t d = 0; d < 3; ++d)
      u[3 * n + d] = third[3 * d] * x[0] + third[3 * d + 1] * x[1] + third[3 * d + 2] * x[2] - x[d];
  }

  write_result(folder / "r.vtkhdf", data, {});
  const StoredResult stored = read_result(folder / "r.vtkhdf");

  const OutputField& warp = find_field(stored.fields, "Displacement");
  CHECK(warp.patient_frame);
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    const Vec3 x = place(nodes[n]);
    const Vec3 turned = {x[2], x[0], x[1]};
    for (std::size_t d = 0; d < 3; ++d) {
      double expected = g.origin_mm[d];
      for (std::size_t axis = 0; axis < 3; ++axis) expected += g.direction[3 * d + axis] * turned[axis];
      const double warped = stored.points_mm[n][d] + warp.values_f64[3 * n + d];
      CHECK(std::abs(warped - expected) < 1e-5);  // points are float32 near 100 mm
    }
  }
}

TEST_CASE("a displacement is turned to the digit where image axes lie along patient axes, and appended as it is") {
  const ScratchFolder folder;
  ElasticModel model = make_l_model({5, 3, 4});
  ResultData data = make_result(model);
  const std::vector<double> u = data.fields[0].values_f64;

  model.geometry.direction = k_identity3;
  write_result(folder / "r.vtkhdf", data, {});
  CHECK(read_result(folder / "r.vtkhdf", {"Displacement"}).fields[0].values_f64 == u);

  model.geometry.direction = {0, 0, -1, 1, 0, 0, 0, -1, 0};
  write_result(folder / "r.vtkhdf", data, {});
  OutputField turned = read_result(folder / "r.vtkhdf", {"Displacement"}).fields[0];
  for (std::size_t i = 0; i < u.size(); i += 3) {
    CHECK(turned.values_f64[i] == -u[i + 2]);
    CHECK(turned.values_f64[i + 1] == u[i]);
    CHECK(turned.values_f64[i + 2] == -u[i + 1]);
  }

  const std::vector<double> in_file = turned.values_f64;
  append_fields(folder / "r.vtkhdf", {turned});
  CHECK(read_result(folder / "r.vtkhdf", {"Displacement"}).fields[0].values_f64 == in_file);
  append_fields(folder / "r.vtkhdf", {data.fields[0]});
  CHECK(read_result(folder / "r.vtkhdf", {"Displacement"}).fields[0].values_f64 == in_file);
  make_image_axes(turned, model.geometry);
  CHECK(turned.values_f64 == u);
}

TEST_CASE("appending adds and replaces fields and keeps everything else") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  ResultData data = make_result(model);
  write_result(folder / "r.vtkhdf", data, {});
  const StoredResult before = read_result(folder / "r.vtkhdf");
  OutputField risk, energy = data.fields[2];
  risk.name = "RiskFactor_ees";
  risk.values_f64 = field_values<double>(model.mesh->element_positions(), 1);
  for (float& value : energy.values) value *= 3;

  append_fields(folder / "r.vtkhdf", {risk, energy, find_field(before.fields, "Strain")});

  data.fields[2] = energy;
  data.fields.push_back(risk);
  check_same(read_result(folder / "r.vtkhdf"), data);
  CHECK(folder.file_count() == 1);
}

TEST_CASE("appending a field of the wrong length leaves the file as it was") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  write_result(folder / "r.vtkhdf", make_result(model), {});
  const std::string before = read_bytes(folder / "r.vtkhdf");
  OutputField risk;
  risk.name = "RiskFactor_ees";
  risk.values = {1, 2, 3};

  CHECK_THROWS_AS(append_fields(folder / "r.vtkhdf", {risk}), InputError);

  CHECK(read_bytes(folder / "r.vtkhdf") == before);
  CHECK(folder.file_count() == 1);
}

TEST_CASE("fields are listed with name, size and unit, without values") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  write_result(folder / "r.vtkhdf", make_result(model), {});

  const auto fields = list_result_fields(folder / "r.vtkhdf");

  CHECK(fields.size() == 4);
  const OutputField& u = find_field(fields, "Displacement");
  CHECK(u.items == model.mesh->node_count());
  CHECK(u.components == 3);
  CHECK(u.unit == "mm");
  CHECK(u.values_f64.empty());
}

TEST_CASE("a missing, foreign, truncated or incomplete file is an InputError that says which") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  write_result(folder / "r.vtkhdf", make_result(model), {});
  const std::string whole = read_bytes(folder / "r.vtkhdf");

  CHECK(message_of_read(folder / "none.vtkhdf").find("no such file") != std::string::npos);
  CHECK(message_of_read(folder.path()).find("folder") != std::string::npos);
  std::ofstream(folder / "text.vtkhdf") << "not HDF5 at all";
  CHECK(message_of_read(folder / "text.vtkhdf").find("not an HDF5 file") != std::string::npos);
  std::ofstream(folder / "empty.vtkhdf");
  CHECK(message_of_read(folder / "empty.vtkhdf").find("not an HDF5 file") != std::string::npos);
  for (const double part : {0.1, 0.5, 0.99}) {
    std::ofstream(folder / "cut.vtkhdf", std::ios::binary | std::ios::trunc)
        << whole.substr(0, static_cast<std::size_t>(part * static_cast<double>(whole.size())));
    CHECK(message_of_read(folder / "cut.vtkhdf").find("cut short") != std::string::npos);
  }
  CHECK(message_of_read(folder / "r.vtkhdf") == "no InputError");
  CHECK_THROWS_WITH_AS(read_result(folder / "r.vtkhdf", {"Stress"}), doctest::Contains("no field Stress"), InputError);
}

TEST_CASE("damaged bytes give an InputError or a result, never a crash") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  write_result(folder / "r.vtkhdf", make_result(model), {});
  const std::string whole = read_bytes(folder / "r.vtkhdf");
  std::mt19937 random(11);

  for (int trial = 0; trial < 200; ++trial) {
    std::string damaged = whole;
    for (int i = 0; i < 8; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    std::ofstream(folder / "damaged.vtkhdf", std::ios::binary | std::ios::trunc) << damaged;
    try {
      const StoredResult stored = read_result(folder / "damaged.vtkhdf");
      CHECK(stored.connectivity.size() == 8 * stored.element_positions.size());
    } catch (const InputError&) {
    }
  }
}

TEST_CASE("a write that fails says why and leaves neither a partial file nor a changed old one") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({60, 50, 40});
  const ResultData data = make_result(model);

  SUBCASE("no such folder") {
    CHECK_THROWS_WITH_AS(write_result(folder / "absent/r.vtkhdf", data, {}), doctest::Contains("no folder"),
                         InputError);
    CHECK(folder.file_count() == 0);
  }
  SUBCASE("the target is a folder") {
    CHECK_THROWS_WITH_AS(write_result(folder.path(), data, {}), doctest::Contains("is a folder"), InputError);
  }
  SUBCASE("a folder that cannot be written to") {
    std::filesystem::create_directory(folder / "locked");
    std::filesystem::permissions(folder / "locked",
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    if (::geteuid() == 0) {
      MESSAGE("skipped: root may write everywhere");
    } else {
      CHECK_THROWS_WITH_AS(write_result(folder / "locked/r.vtkhdf", data, {}), doctest::Contains("ermission"),
                           InputError);
    }
    std::filesystem::permissions(folder / "locked", std::filesystem::perms::owner_all);
  }
  SUBCASE("the disk takes no more") {
    write_result(folder / "r.vtkhdf", data, {});
    const std::string before = read_bytes(folder / "r.vtkhdf");
    rlimit old{};
    getrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, SIG_IGN);
    for (const rlim_t limit : {rlim_t{3000}, rlim_t{before.size() / 2}, rlim_t{before.size() - 100}}) {
      const rlimit small{limit, old.rlim_max};
      setrlimit(RLIMIT_FSIZE, &small);
      CHECK_THROWS_WITH_AS(write_result(folder / "r.vtkhdf", data, {}), doctest::Contains("File too large"),
                           InputError);
      setrlimit(RLIMIT_FSIZE, &old);
      CHECK(read_bytes(folder / "r.vtkhdf") == before);
      CHECK(folder.file_count() == 1);
    }
    write_result(folder / "r.vtkhdf", data, {0, 1});  // and the next one works
    check_same(read_result(folder / "r.vtkhdf"), data);
  }
}
