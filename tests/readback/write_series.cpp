// SPDX-License-Identifier: Apache-2.0
// Writes the series of the io tests into a folder, unfinished and finished, for check_series.py and the cli tests.
#include "readback/write_main.hpp"
#include "unit/io/example_series.hpp"

namespace {

using namespace osteon;

/// One field more, which the criterion `ees` reads: 0.001 in step 0, 0.002 in step 1 ...
SeriesStep strained_step(const ElasticModel& model, int step) {
  SeriesStep data = test::make_step(model, step);
  OutputField strain;
  strain.name = "EffectiveStrain";
  strain.values.assign(model.mesh->element_count(), 0.001f * static_cast<float>(step + 1));
  data.fields.push_back(strain);
  return data;
}

void write_all(const std::filesystem::path& folder) {
  const ElasticModel model = test::make_l_model({19, 7, 12});
  ResultData start = test::make_series_start(model);
  start.case_toml = "[image]\nfile = \"a.mha\"\n[materials.bone]\nyoungs_modulus_mpa = 1000.0\n";
  for (const char* name : {"running", "finished", "plain"}) {
    std::filesystem::create_directories(folder / name);
    const bool plain = name == std::string("plain");
    TimeSeriesWriter writer(folder / name / "result.vtkhdf", start, {plain ? 0 : 1, 0});
    for (int step = 0; step < 5; ++step) {
      writer.add_step(strained_step(model, step));
      if (step == 2)  // as after a kill between the two files
        std::filesystem::copy_file(folder / name / "result.xdmf", folder / name / "lagging.xdmf",
                                   std::filesystem::copy_options::overwrite_existing);
    }
    if (name != std::string("running")) writer.finish("{\"schema\": \"osteon-summary/1\"}");
  }
}

}  // namespace

int main(int argc, char** argv) { return write_main(argc, argv, write_all); }
