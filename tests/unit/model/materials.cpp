// SPDX-License-Identifier: Apache-2.0
// Materials by label, modulus by density: tabled values, palette, and what is refused.
#include "osteon/model/materials.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "mesh_helpers.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

VoxelImage make_image(Index3 size, const std::vector<float>& values) {
  VoxelImage image;
  image.geometry.size = size;
  image.values = values;
  return image;
}

Material make_material(int label, double modulus, double nu = 0.3) {
  Material m;
  m.label = label;
  m.name = "m" + std::to_string(label);
  m.youngs_modulus_mpa = modulus;
  m.poisson_ratio = nu;
  return m;
}

constexpr Index3 k_row{4, 1, 1};

MaterialField assign_row(const std::vector<float>& labels, const std::vector<Material>& materials,
                         const std::vector<float>& grey = {}, const std::vector<float>& modulus = {}) {
  const VoxelMesh mesh = make_block_mesh(k_row);
  const VoxelImage label_image = make_image(k_row, labels), grey_image = make_image(k_row, grey),
                   modulus_image = make_image(k_row, modulus);
  return assign_materials(mesh, label_image, grey.empty() ? nullptr : &grey_image,
                          modulus.empty() ? nullptr : &modulus_image, materials);
}

template <class E>
std::string refusal(const std::vector<Material>& materials, const std::vector<float>& labels = {1, 1, 1, 1},
                    const std::vector<float>& grey = {}, const std::vector<float>& modulus = {}) {
  return error_of<E>([&] { assign_row(labels, materials, grey, modulus); });
}

}  // namespace

TEST_CASE("published laws give the moduli of their formulas for images in mg/cm3") {
  // At 500 mg/cm3, computed outside this program from the formulas of the papers.
  const std::pair<const char*, double> expected[] = {
      {"morgan_vertebra", 1604.185},
      {"morgan_tibia", 4065.028},
      {"morgan_troch", 3312.343},
      {"morgan_neck", 2438.686},
      {"kopperdahl_vertebra", 1439.245},
      {"crawford_voxel", 1580.3},
      {"keller", 2146.993},
      {"keyak", 4104.597},
      {"homogeneous_xct1", 6829},
      {"homogeneous_xct2", 8748},
      {"cox", 9090.90909},
  };
  CHECK(published_modulus_laws().size() == std::size(expected));
  for (const auto& [id, modulus] : expected) {
    CAPTURE(id);
    CHECK(published_modulus_law(id).modulus_mpa(500) == doctest::Approx(modulus).epsilon(1e-6));
    CHECK_FALSE(published_modulus_law(id).source.empty());
  }
  CHECK(published_modulus_law("cox").modulus_mpa(1100) == doctest::Approx(20000).epsilon(1e-12));
  CHECK(contains(published_modulus_law("keyak").source, "(recalled, check)"));
}

TEST_CASE("the K2HPO4 conversion composes with ash laws and with no other") {
  const DensityConversion& to_ash = published_density_conversion("k2hpo4_to_ash");
  const ModulusLaw keller = with_density_conversion(published_modulus_law("keller"), to_ash);

  CHECK(keller.modulus_mpa(200) == doctest::Approx(10500 * std::pow((1.06 * 200 + 38.9) / 1000, 2.29)).epsilon(1e-12));
  CHECK(contains(
      error_of<UsageError>([&] { with_density_conversion(published_modulus_law("kopperdahl_vertebra"), to_ash); }),
      "expects QCT density"));
}

TEST_CASE("user laws read the image value as it is and keep their bounds") {
  ModulusLaw linear = make_linear_law(2, 10);
  linear.maximum_mpa = 500;
  CHECK(linear.modulus_mpa(100) == doctest::Approx(210));
  CHECK(linear.modulus_mpa(-4) == doctest::Approx(2));
  CHECK(linear.modulus_mpa(-100) == k_default_minimum_modulus_mpa);
  CHECK(linear.modulus_mpa(1000) == 500);
  CHECK(std::isnan(linear.modulus_mpa(std::nan(""))));
  CHECK(make_power_law(3, 2).modulus_mpa(5) == doctest::Approx(75));
  CHECK(make_power_law(3, 1.5).modulus_mpa(-5) == k_default_minimum_modulus_mpa);
  CHECK(contains(describe(published_modulus_law("keller")), "10500 rho^2.29"));
  CHECK(contains(error_of<UsageError>([] { published_modulus_law("kellr"); }), "keller"));
}

TEST_CASE("materials that differ in modulus only share one palette entry") {
  Material ortho = make_material(4, 0);
  ortho.orthotropic = OrthotropicConstants{100, 200, 300, 0.2, 0.25, 0.3, 50, 60, 70};

  const MaterialField field =
      assign_row({1, 2, 3, 4}, {make_material(1, 1000), make_material(2, 5000), make_material(3, 5000, 0.2), ortho});

  CHECK(field.palette.size() == 3);
  CHECK(field.palette_index[0] == field.palette_index[1]);
  CHECK(field.palette_index[1] != field.palette_index[2]);
  CHECK(field.modulus_mpa == std::vector<float>{1000, 5000, 5000, 100});
  const Elasticity iso = field.elasticity(1), expected = isotropic_elasticity(5000, 0.3);
  Elasticity ortho_expected;
  REQUIRE(orthotropic_elasticity(*ortho.orthotropic, ortho_expected));
  const Elasticity ortho_found = field.elasticity(3);
  for (int i = 0; i < 3; ++i) {
    CHECK(iso.shear[i] == doctest::Approx(expected.shear[i]).epsilon(1e-12));
    CHECK(ortho_found.shear[i] == doctest::Approx(ortho_expected.shear[i]).epsilon(1e-12));
    for (int j = 0; j < 3; ++j) {
      CHECK(iso.normal[i][j] == doctest::Approx(expected.normal[i][j]).epsilon(1e-12));
      CHECK(ortho_found.normal[i][j] == doctest::Approx(ortho_expected.normal[i][j]).epsilon(1e-12));
    }
  }
}

TEST_CASE("every element takes the value of its own voxel") {
  const Index3 size{9, 5, 11};
  const VoxelMesh mesh = make_mesh(size, {1, 1, 1}, [](int x, int y, int z) { return (x + 2 * y + 3 * z) % 4 != 0; });
  std::vector<float> labels, grey;
  for (int i = 0; i < size.volume(); ++i) {
    labels.push_back(static_cast<float>(i % 3 + 1));
    grey.push_back(static_cast<float>(i));
  }
  Material by_law = make_material(3, 0);
  by_law.law = make_linear_law(1, 5);
  const VoxelImage label_image = make_image(size, labels), grey_image = make_image(size, grey);

  const MaterialField field =
      assign_materials(mesh, label_image, &grey_image, nullptr, {make_material(1, 10), make_material(2, 20), by_law});

  for (std::uint32_t e = 0; e < mesh.element_count(); ++e) {
    const Index3 p = mesh.element_positions()[e];
    const int i = static_cast<int>(label_image.index(p.x, p.y, p.z));
    CHECK(field.material_index[e] == i % 3);
    CHECK(field.modulus_mpa[e] == static_cast<float>(i % 3 == 0 ? 10 : i % 3 == 1 ? 20 : i + 5));
  }
}

TEST_CASE("a modulus image overrides every modulus, and an any-label material serves the rest") {
  const MaterialField field =
      assign_row({7, 1, 9, 7}, {make_material(1, 50), make_material(k_any_label, 80)}, {}, {11, 12, 13, 14});
  CHECK(field.modulus_mpa == std::vector<float>{11, 12, 13, 14});
  CHECK(field.material_index == std::vector<std::uint8_t>{1, 0, 1, 1});
}

TEST_CASE("voxels at the floor and labels that do not occur are noted") {
  Material crawford = make_material(1, 0);
  crawford.law = published_modulus_law("crawford_voxel");

  const MaterialField field = assign_row({1, 1, 1, 1}, {crawford, make_material(127, 100)}, {5, -20, 100, 200});

  CHECK(field.modulus_mpa[0] == 1);
  CHECK(field.modulus_mpa[2] == doctest::Approx(-34.7 + 323));
  REQUIRE(field.notes.size() == 2);
  CHECK(contains(field.notes[0], "label 127"));
  CHECK(contains(field.notes[1], "2 voxels at the lower bound"));
}

TEST_CASE("impossible material numbers are refused in words") {
  const double nan = std::nan("");
  for (const double nu : {0.5, -1.0, 0.7, nan})
    CHECK(contains(refusal<UsageError>({make_material(1, 100, nu)}), "Poisson's ratio"));
  for (const double modulus : {-5.0, 0.0, nan, std::numeric_limits<double>::infinity()})
    CHECK(contains(refusal<UsageError>({make_material(1, modulus)}), "Young's modulus"));
  CHECK(contains(refusal<UsageError>({}), "no material"));
  CHECK(contains(refusal<UsageError>({make_material(1, 10), make_material(1, 20)}), "same label"));
  CHECK(contains(refusal<UsageError>({make_material(0, 10)}), "start at 1"));
  CHECK(contains(refusal<UsageError>(std::vector<Material>(257, make_material(1, 10))), "at most 256"));
  Material ortho = make_material(1, 0);
  ortho.orthotropic = OrthotropicConstants{100, 100, 100, 0.8, 0.8, 0.8, 50, 50, 50};
  CHECK(contains(refusal<UsageError>({ortho}), "positive definite"));
  ortho.orthotropic->e_y = nan;
  CHECK(contains(refusal<UsageError>({ortho}), "positive definite"));
  Material law = make_material(1, 0);
  law.law = make_power_law(10, nan);
  CHECK(contains(refusal<UsageError>({law}), "not finite"));
  law.law = make_power_law(10, -1);
  CHECK(contains(refusal<UsageError>({law}), "exponent"));
}

TEST_CASE("labels, densities and moduli that do not fit the bone are refused with their place") {
  const std::string missing = refusal<InputError>({make_material(1, 10)}, {1, 5, 5, 9});
  CHECK(contains(missing, "label 5 (2 voxels)"));
  CHECK(contains(missing, "label 9 (1 voxels)"));
  CHECK(contains(refusal<InputError>({make_material(1, 10)}, {1, 1, std::nanf(""), 1}), "NaN at voxel (2, 0, 0)"));
  CHECK(contains(refusal<InputError>({make_material(k_any_label, 10)}, {1, 1.5f, 1, 1}), "label 1.5"));

  Material law = make_material(1, 0);
  law.law = make_linear_law(1, 0);
  CHECK(contains(refusal<UsageError>({law}), "needs an image"));
  CHECK(contains(refusal<InputError>({law}, {1, 1, 1, 1}, {1, 2, std::nanf(""), 4}), "voxel (2, 0, 0)"));
  law.law->minimum_mpa = 0;
  CHECK(contains(refusal<InputError>({law}, {1, 1, 1, 1}, {1, -2, 3, 4}), "E = 0 MPa at voxel (1, 0, 0)"));

  CHECK(contains(refusal<InputError>({make_material(1, 10)}, {1, 1, 1, 1}, {}, {1, 2, 3, 0}), "voxel (3, 0, 0)"));
  CHECK(contains(refusal<InputError>({make_material(1, 10)}, {1, 1, 1}), "share one grid"));
}
