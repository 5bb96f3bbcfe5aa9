// SPDX-License-Identifier: Apache-2.0
// BIO-4 and FH-1 of the reference: the stimulus in closed form, and the rule map.
#include <doctest/doctest.h>

#include <cmath>

#include "kernels/stimulus/stimulus_body.hpp"

using namespace osteon;
using namespace osteon::kernels;

namespace {

StimulusParameters sharp() {
  StimulusParameters p;
  p.fibrous_width = p.cartilage_width = p.resorption_width = 0;
  return p;
}

constexpr double k_no_stress[6] = {};

}  // namespace

TEST_CASE("octahedral shear strain has its closed forms (BIO-4)") {
  const double e = 0.013, nu = 0.3, g = 0.02;
  const double uniaxial[6] = {-nu * e, -nu * e, e, 0, 0, 0};
  const double hydrostatic[6] = {e, e, e, 0, 0, 0};

  CHECK(octahedral_shear_strain(uniaxial) == doctest::Approx(2 * std::sqrt(2.0) / 3 * (1 + nu) * e).epsilon(1e-10));
  CHECK(octahedral_shear_strain(hydrostatic) == 0);
  for (int shear = 3; shear < 6; ++shear) {
    double strain[6] = {};
    strain[shear] = g;  // engineering
    CHECK(octahedral_shear_strain(strain) == doctest::Approx(2.0 / 3 * std::sqrt(1.5) * g).epsilon(1e-10));
  }
}

TEST_CASE("strain and flow add up in units of their own (BIO-4)") {
  StimulusParameters p = sharp();
  p.rule = StimulusRule::octahedral_strain_and_flow;
  double strain[6] = {};
  strain[k_xy] = 0.03;

  const Fate fate = fate_of(p, strain, k_no_stress, 0.0045, 0);

  CHECK(fate.value == doctest::Approx(2.0 / 3 * std::sqrt(1.5) * 0.03 / 0.0375 + 1.5).epsilon(1e-10));
}

TEST_CASE("the windows of Prendergast's rule are those of its table (FH-1)") {
  const StimulusParameters p = sharp();
  struct Row {
    double s, fibrous, cartilage, bone, mature, disuse;
  };
  for (const Row& row : {Row{3.001, 1, 0, 0, 0, 0}, Row{3, 0, 1, 0, 0, 0}, Row{1.001, 0, 1, 0, 0, 0},
                         Row{1, 0, 0, 1, 0, 0}, Row{0.268, 0, 0, 1, 0, 0}, Row{0.267, 0, 0, 1, 1, 0},
                         Row{0.0101, 0, 0, 1, 1, 0}, Row{0.01, 0, 0, 0, 1, 1}, Row{0, 0, 0, 0, 1, 1}}) {
    CAPTURE(row.s);
    const Fate fate = fate_of_stimulus(row.s, p, 0);
    CHECK(fate.fibrous == row.fibrous);
    CHECK(fate.cartilage == row.cartilage);
    CHECK(fate.bone == row.bone);
    CHECK(fate.mature == row.mature);
    CHECK(fate.disuse == row.disuse);
  }
}

TEST_CASE("the windows of Claes and Heigele are those of their table (FH-1)") {
  const StimulusParameters p = sharp();
  const auto at = [&](double pressure, double strain) { return ClaesHeigeleRule::windows(strain, pressure, p, 0); };

  CHECK(at(0.149, 0.049).bone == 1);
  CHECK(at(-0.149, 0.049).bone == 1);
  CHECK(at(-0.151, 0.149).cartilage == 1);
  CHECK(at(-0.151, 0.151).fibrous == 1);
  CHECK(at(0.151, 0.01).fibrous == 1);  // tension
  CHECK(at(-0.1, 0.06).fibrous == 1);
  CHECK(at(0.0015, 0.0003).disuse == 1);
  CHECK(at(0.0015, 0.0003).bone == 0);
}

TEST_CASE("pressure is tension positive in Claes and Heigele's rule") {
  StimulusParameters p = sharp();
  p.rule = StimulusRule::claes_heigele;
  const double strain[6] = {-0.01, -0.01, -0.01, 0, 0, 0};
  const double compression[6] = {-1, -1, -1, 0, 0, 0}, tension[6] = {1, 1, 1, 0, 0, 0};

  CHECK(fate_of(p, strain, compression, 0, 0).cartilage == 1);
  CHECK(fate_of(p, strain, tension, 0, 0).fibrous == 1);
}

TEST_CASE("distortion and dilatation: bone where both are low, cartilage under compression, fibrous where destroyed") {
  const StimulusParameters p = sharp();
  const auto at = [&](double distortion, double dilatation) {
    return DistortionDilatationRule::windows(distortion, dilatation, p, 0);
  };

  CHECK(at(0.02, 0.005).bone == 1);
  CHECK(at(0.02, -0.02).cartilage == 1);
  CHECK(at(0.02, 0.02).fibrous == 1);
  CHECK(at(0.17, 0).fibrous == 1);
  CHECK(at(0.02, -0.06).fibrous == 1);
  CHECK(at(1e-4, 1e-5).disuse == 1);
}

TEST_CASE("distortional strain of a uniaxial state is (1 + nu) e") {
  StimulusParameters p = sharp();
  p.rule = StimulusRule::distortion_dilatation;
  const double strain[6] = {-0.003, -0.003, 0.01, 0, 0, 0};

  CHECK(fate_of(p, strain, k_no_stress, 0, 0).value == doctest::Approx(0.013).epsilon(1e-10));
}

TEST_CASE("disuse begins below and ends above its threshold") {
  StimulusParameters p = sharp();
  p.hysteresis = 0.1;

  CHECK(fate_of_stimulus(0.0095, p, 0).disuse == 0);  // still active
  CHECK(fate_of_stimulus(0.0089, p, 0).disuse == 1);
  CHECK(fate_of_stimulus(0.0105, p, 1).disuse == 1);  // still idle
  CHECK(fate_of_stimulus(0.0112, p, 1).disuse == 0);
}
