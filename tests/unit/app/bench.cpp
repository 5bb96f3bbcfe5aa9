// SPDX-License-Identifier: Apache-2.0
// The ladder of standard problems: what is selected, what the problems are, how they are summed up.
#include <doctest/doctest.h>

#include <algorithm>

#include "bench_record.hpp"

using namespace osteon;
using namespace osteon::app;

namespace {

constexpr std::size_t k_plenty = std::size_t{1} << 50;

std::vector<std::string> names(const Ladder& ladder) {
  std::vector<std::string> result;
  for (const BenchStep& step : ladder.steps) result.push_back(step.name());
  return result;
}

}  // namespace

TEST_CASE("the median is the middle value, or the mean of the middle two, in any order") {
  CHECK(median({3}) == 3);
  CHECK(median({5, 1, 2}) == 2);
  CHECK(median({4, 1, 3, 100}) == 3.5);
}

TEST_CASE("with memory enough every kind is there at every size, small ones first and none twice") {
  const Ladder ladder = select_ladder({"solid", "rods"}, {128, 64, 128}, {k_plenty, k_plenty}, false, false);
  CHECK(names(ladder) == std::vector<std::string>{"solid 64", "rods 64", "solid 128", "rods 128"});
  CHECK(ladder.skipped.empty());
}

TEST_CASE("what does not fit is named with the memory it needs") {
  const std::size_t need = estimate_need({"solid", 128}, false).host;
  const std::size_t free = need * 5 / 4;  // a fifth stays free: just too little for the next larger one
  const Ladder ladder = select_ladder({"solid", "rods"}, {64, 128, 192, 256}, {free, free + 10}, false, false);
  CHECK(names(ladder) == std::vector<std::string>{"solid 64", "rods 64", "solid 128", "rods 128"});
  REQUIRE(ladder.skipped.size() == 4);
  CHECK(ladder.skipped[0].step.name() == "solid 192");
  CHECK(ladder.skipped[0].needed_bytes == estimate_need({"solid", 192}, false).host);
  CHECK(ladder.skipped[0].text().find("of host memory") != std::string::npos);

  const Ladder first = select_ladder({"solid", "rods"}, {64, 128, 192, 256}, {free, free + 10}, false, true);
  CHECK(names(first) == names(ladder));
  CHECK(first.skipped.size() == 2);  // 256 goes without saying
}

TEST_CASE("on a GPU both memories count, each for its part") {
  const BenchNeed need = estimate_need({"rods", 128}, true);
  CHECK(need.host < estimate_need({"rods", 128}, false).host);
  const auto skipped = [](FreeMemory free) { return select_ladder({"rods"}, {128}, free, true, false).skipped; };
  CHECK(skipped({2 * need.device, 2 * need.host}).empty());
  REQUIRE(skipped({need.device, 2 * need.host}).size() == 1);
  CHECK(skipped({need.device, 2 * need.host})[0].on_device);
  REQUIRE(skipped({2 * need.device, need.host}).size() == 1);
  CHECK_FALSE(skipped({2 * need.device, need.host})[0].on_device);
}

TEST_CASE("the standard problems: a block, two bones of a quarter, and the rods in a soft filling") {
  const int size = 24, voxels = size * size * size;
  const auto elements = [](const BenchModel& model) { return static_cast<int>(model.elastic.mesh->element_count()); };
  const auto quarter = doctest::Approx(voxels / 4).epsilon(1e-3);  // bones grow voxel by voxel towards their volume
  const BenchModel rods = make_bench_model({"rods", size}, 1);
  CHECK(elements(make_bench_model({"solid", size}, 1)) == voxels);
  CHECK(elements(rods) == quarter);
  CHECK(elements(make_bench_model({"plates", size}, 1)) == quarter);
  CHECK(rods.load_case.applied_displacement_mm == doctest::Approx(-0.01 * size * 0.036));

  const BenchModel contrast = make_bench_model({"contrast", size}, 1);
  const std::vector<float>& modulus = contrast.elastic.material.modulus_mpa;
  const auto bone = std::count(modulus.begin(), modulus.end(), 10000.0f);
  CHECK(elements(contrast) == voxels);
  CHECK(bone == elements(rods));
  CHECK(std::count(modulus.begin(), modulus.end(), 1.0f) == voxels - bone);
}

TEST_CASE("memory per node is the process' on a CPU and the buffers' on a GPU; unknown stays unknown") {
  BenchProblem problem;
  problem.nodes = 10;
  problem.solves.resize(2);
  problem.solves[0].host_growth_bytes = 500;
  problem.solves[1].host_growth_bytes = 700;
  problem.solves[1].device_peak_bytes = 300;
  CHECK(problem.bytes_per_node(false) == 70.0);
  CHECK(problem.bytes_per_node(true) == 30.0);
  problem.solves[0].host_growth_bytes.reset();
  CHECK_FALSE(problem.bytes_per_node(false));
}
