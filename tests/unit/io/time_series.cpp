// SPDX-License-Identifier: Apache-2.0
// Time series: every step comes back, at every moment; a run goes on where it is told to.
#include "osteon/io/time_series.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>

#include "osteon/core/error.hpp"
#include "osteon/io/export.hpp"
#include "unit/io/example_series.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// The read fields are those of `step`, value by value; the displacement turned by an oblique direction to rounding.
void check_step(const StoredResult& stored, const ElasticModel& model, int step) {
  CHECK(stored.step == step);
  CHECK(stored.day == step_day(step));
  CHECK(stored.element_positions == model.mesh->element_positions());
  const SeriesStep data = make_step(model, step);
  REQUIRE(stored.fields.size() == data.fields.size() + 1);
  CHECK(find_field(stored.fields, "MaterialID").values_i32 ==
        field_values<std::int32_t>(model.mesh->element_positions(), 1));
  for (const OutputField& written : data.fields) {
    OutputField read = find_field(stored.fields, written.name);
    make_internal_order(read);
    make_image_axes(read, stored.geometry);
    CHECK(read.unit == written.unit);
    CHECK(read.components == written.components);
    CHECK(read.location == written.location);
    CHECK(read.values_f64 == written.values_f64);
    CHECK(read.values_i32 == written.values_i32);
    if (!is_point_vector(read)) {
      CHECK(read.values == written.values);
      continue;
    }
    REQUIRE(read.values.size() == written.values.size());
    float worst = 0;
    for (std::size_t i = 0; i < read.values.size(); ++i)
      worst = std::max(worst, std::abs(read.values[i] - written.values[i]));
    CHECK(worst < 2e-6f * (1u << 15) * static_cast<float>(step + 1));
  }
}

void check_series(const std::filesystem::path& path, const ElasticModel& model, int steps, bool finished) {
  const SeriesHistory history = read_series_history(path);
  REQUIRE(history.days.size() == static_cast<std::size_t>(steps));
  CHECK(history.finished == finished);
  for (int s = 0; s < steps; ++s) {
    CHECK(history.step_json[static_cast<std::size_t>(s)] ==
          "{\"step\": " + std::to_string(s) + ",  \"note\": \"\xc2\xb5\"}");
    check_step(read_result(path, {}, s), model, s);
  }
  REQUIRE(history.scalars.size() == (steps > 1 ? 3 : 2));
  CHECK(history.scalars[0].first == "movement_mm");
  for (int s = 0; s < steps; ++s) CHECK(history.scalars[0].second[static_cast<std::size_t>(s)] == 1.0 / (s + 1));
  if (steps > 1) {
    CHECK(std::isnan(history.scalars[1].second[0]));
    CHECK(history.scalars[1].second[1] == 1);
  }
}

/// Raw bytes of every field of every step, as the reader gives them.
std::string field_bytes(const std::filesystem::path& path) {
  std::string bytes;
  const auto add = [&](const auto& values) {
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values[0]));
  };
  for (std::size_t s = 0; s < read_series_history(path).days.size(); ++s)
    for (const OutputField& field : read_result(path, {}, static_cast<int>(s)).fields)
      add(field.values), add(field.values_f64), add(field.values_i32);
  return bytes;
}

TimeSeriesWriter write_steps(const std::filesystem::path& path, const ElasticModel& model, int steps,
                             const WriteSettings& settings = {}) {
  TimeSeriesWriter writer(path, make_series_start(model), settings);
  for (int s = 0; s < steps; ++s) writer.add_step(make_step(model, s));
  return writer;
}

}  // namespace

TEST_CASE("every step is read back whole, while the series is written and when it is finished") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  const auto path = folder / "result.vtkhdf";
  for (const WriteSettings& settings : {WriteSettings{1, 1}, WriteSettings{0, 3}}) {
    TimeSeriesWriter writer(path, make_series_start(model), settings);
    CHECK_FALSE(std::filesystem::exists(path));
    for (int s = 0; s < 4; ++s) {
      writer.add_step(make_step(model, s));
      check_series(path, model, s + 1, false);
      CHECK(read_result(path).step == s);  // the last by default
    }
    const std::string running = field_bytes(path), xdmf = read_bytes(folder / "result.xdmf");

    writer.finish("{\"done\": true}");

    check_series(path, model, 4, true);
    CHECK(field_bytes(path) == running);
    CHECK(folder.file_count() == 2);  // result.vtkhdf and result.xdmf
    export_series_xdmf(path, folder / "again.xdmf");
    CHECK(read_bytes(folder / "again.xdmf") == xdmf);
    std::filesystem::remove(folder / "again.xdmf");
    const StoredResult stored = read_result(path);
    CHECK(stored.summary_json == "{\"done\": true}");
    CHECK(stored.case_toml == make_result(model).case_toml);
    CHECK(stored.node_sets.size() == 2);
  }
}

TEST_CASE("steps of many chunks, none of them full, are gathered value by value") {
  const ScratchFolder folder;
  const Index3 size{41, 53, 61};  // 132 553 cells: a prime number less than three chunks
  ElasticModel model;
  model.geometry = turned_geometry(size);
  model.mesh = std::make_shared<VoxelMesh>(size, model.geometry.spacing_mm,
                                           std::vector<std::uint8_t>(static_cast<std::size_t>(size.volume()), 1));
  const auto path = folder / "r.vtkhdf";
  SeriesStep step;
  OutputField field;
  field.name = "Stimulus";
  TimeSeriesWriter writer(path, make_series_start(model), {});
  for (int s = 0; s < 3; ++s) {
    step.day = s;
    field.values = step_values<float>(model.mesh->element_positions(), 1, s);
    step.fields = {field};
    writer.add_step(step);
  }
  for (const bool finished : {false, true}) {
    if (finished) writer.finish("{}");
    for (int s = 0; s < 3; ++s) {
      field.values = step_values<float>(model.mesh->element_positions(), 1, s);
      CHECK(read_result(path, {"Stimulus"}, s).fields[0].values == field.values);
    }
  }
}

TEST_CASE("a series goes on after any of its steps, unfinished or finished, and ends with the same values") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  const auto path = folder / "result.vtkhdf";
  write_steps(folder / "whole.vtkhdf", model, 4).finish("{}");
  const std::string whole = field_bytes(folder / "whole.vtkhdf");
  for (const bool finish_before : {false, true})
    for (int keep = 0; keep <= 3; ++keep) {
      {
        TimeSeriesWriter writer = write_steps(path, model, 3);
        if (finish_before) writer.finish("{}");
      }

      TimeSeriesWriter writer = TimeSeriesWriter::resume(path, model, keep, {});

      CHECK(writer.step_count() == keep);
      CHECK(std::filesystem::exists(path) == (keep > 0));
      if (keep > 0) check_series(path, model, keep, false);
      CHECK(std::filesystem::exists(folder / "result.steps/step_0002.h5") == (keep == 3));
      for (int s = keep; s < 4; ++s) writer.add_step(make_step(model, s));
      check_series(path, model, 4, false);
      writer.finish("{}");
      check_series(path, model, 4, true);
      CHECK(field_bytes(path) == whole);
    }
}

TEST_CASE("whatever was written when the program was killed, the file holds whole steps and the run goes on") {
  namespace fs = std::filesystem;
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  const auto path = folder / "result.vtkhdf";
  const auto save = folder / "saved";
  write_steps(path, model, 2);
  fs::copy_file(path, save);

  SUBCASE("between the step's file and the file that readers open") {
    TimeSeriesWriter::resume(path, model, 2, {}).add_step(make_step(model, 2));
    fs::copy_file(save, path, fs::copy_options::overwrite_existing);
    check_series(path, model, 2, false);
    TimeSeriesWriter writer = TimeSeriesWriter::resume(path, model, 3, {});  // the checkpoint may know of it already
    check_series(path, model, 3, false);
  }
  SUBCASE("with files half written") {
    std::ofstream(folder / "result.steps/.77.partial.step_0002.h5") << "half";
    std::ofstream(folder / ".77.partial.result.vtkhdf") << "half";
    std::ofstream(folder / ".77.partial.result.xdmf") << "half";
    check_series(path, model, 2, false);
    TimeSeriesWriter writer = TimeSeriesWriter::resume(path, model, 2, {});
    CHECK(fs::exists(folder / "result.steps/step_0001.h5"));
    CHECK_FALSE(fs::exists(folder / "result.steps/.77.partial.step_0002.h5"));
    CHECK_FALSE(fs::exists(folder / ".77.partial.result.vtkhdf"));
    CHECK_FALSE(fs::exists(folder / ".77.partial.result.xdmf"));
  }
  SUBCASE("finished, but with the folder of steps still there, in part") {
    fs::copy(folder / "result.steps", folder / "steps", fs::copy_options::recursive);
    TimeSeriesWriter::resume(path, model, 2, {}).finish("{}");
    fs::rename(folder / "steps", folder / "result.steps");
    fs::remove(folder / "result.steps/step_0000.h5");
    std::ofstream(folder / "result.steps/step_0007.h5") << "left over";
    check_series(path, model, 2, true);
    TimeSeriesWriter writer = TimeSeriesWriter::resume(path, model, 1, {});
    check_series(path, model, 1, false);
    CHECK_FALSE(fs::exists(folder / "result.steps/step_0007.h5"));
  }
  SUBCASE("in the first step") {
    fs::remove(path);
    fs::remove(folder / "result.xdmf");
    TimeSeriesWriter writer = TimeSeriesWriter::resume(path, model, 0, {});
    CHECK_FALSE(fs::exists(path));
    writer.add_step(make_step(model, 0));
    check_series(path, model, 1, false);
  }
}

TEST_CASE("what cannot be gone on with is said in words, and nothing is lost") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  const auto path = folder / "result.vtkhdf";
  const auto resume = [&](const ElasticModel& with, int keep) { TimeSeriesWriter::resume(path, with, keep, {}); };
  CHECK_THROWS_WITH_AS(resume(model, 1), doctest::Contains("no such file"), InputError);
  write_steps(path, model, 2);
  CHECK_THROWS_WITH_AS(resume(model, 3), doctest::Contains("step 2 is missing"), InputError);
  CHECK_THROWS_WITH_AS(resume(make_l_model({9, 4, 7}), 2), doctest::Contains("another mesh"), InputError);
  check_series(path, model, 2, false);
  TimeSeriesWriter::resume(path, model, 2, {}).finish("{}");
  CHECK_THROWS_WITH_AS(resume(model, 3), doctest::Contains("only 2"), InputError);
  check_series(path, model, 2, true);
  write_result(path, make_result(model), {});
  CHECK_THROWS_WITH_AS(resume(model, 1), doctest::Contains("without time steps"), InputError);
}

TEST_CASE("a step that does not fit the ones before it is refused") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  TimeSeriesWriter writer = write_steps(folder / "r.vtkhdf", model, 2);
  SeriesStep same_day = make_step(model, 1), fewer = make_step(model, 2), other_kind = fewer, twice = fewer;
  fewer.fields.pop_back();
  other_kind.fields[2].values.assign(other_kind.fields[2].values_f64.size(), 1);
  other_kind.fields[2].values_f64.clear();
  twice.fields.push_back(make_series_start(model).fields[0]);

  for (const SeriesStep& step : {same_day, fewer, other_kind, twice})
    CHECK_THROWS_AS(writer.add_step(step), InternalError);

  writer.add_step(make_step(model, 2));
  check_series(folder / "r.vtkhdf", model, 3, false);
}

TEST_CASE("a full disk costs the step, not the series, and the step can be added again") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({60, 50, 40});
  const auto path = folder / "r.vtkhdf";
  SeriesStep steps[3];
  for (int s = 0; s < 3; ++s) {
    steps[s].day = s;
    OutputField noise;
    noise.name = "Noise";
    for (std::uint32_t e = 0; e < model.mesh->element_count(); ++e)
      noise.values_f64.push_back(std::sin(1e6 * (e + 1) * (s + 1)));
    steps[s].fields = {noise};
  }
  TimeSeriesWriter writer(path, make_series_start(model), {});
  writer.add_step(steps[0]);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, SIG_IGN);
  for (const rlim_t limit : {rlim_t{500}, rlim_t{4000}}) {
    const rlimit small{limit, old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK_THROWS_WITH_AS(writer.add_step(steps[1]), doctest::Contains("File too large"), InputError);
    setrlimit(RLIMIT_FSIZE, &old);
    CHECK(writer.step_count() == 1);
    CHECK(read_result(path).fields[1].values_f64 == steps[0].fields[0].values_f64);
  }
  writer.add_step(steps[1]);
  writer.add_step(steps[2]);
  const rlimit small{5000, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  CHECK_THROWS_WITH_AS(writer.finish("{}"), doctest::Contains("File too large"), InputError);
  setrlimit(RLIMIT_FSIZE, &old);
  writer.finish("{}");
  for (int s = 0; s < 3; ++s)
    CHECK(read_result(path, {"Noise"}, s).fields[0].values_f64 == steps[s].fields[0].values_f64);
}

TEST_CASE("a step that does not exist, and a series torn from its steps, are said in words") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  const auto path = folder / "r.vtkhdf";
  write_steps(path, model, 2);
  CHECK_THROWS_WITH_AS(read_result(path, {}, 2), doctest::Contains("steps 0 to 1"), UsageError);
  CHECK_THROWS_WITH_AS(read_result(path, {}, -2), doctest::Contains("steps 0 to 1"), UsageError);
  write_result(folder / "static.vtkhdf", make_result(model), {});
  CHECK_THROWS_WITH_AS(read_result(folder / "static.vtkhdf", {}, 0), doctest::Contains("no time steps"), UsageError);
  CHECK(read_result(folder / "static.vtkhdf").step == -1);
  CHECK(read_series_history(folder / "static.vtkhdf").days.empty());

  std::filesystem::remove(folder / "r.steps/step_0001.h5");
  check_step(read_result(path, {}, 0), model, 0);
  CHECK_THROWS_WITH_AS(read_result(path), doctest::Contains("step_0001.h5 is missing"), InputError);
  std::filesystem::remove_all(folder / "r.steps");
  CHECK_THROWS_WITH_AS(read_result(path, {}, 0), doctest::Contains("constant.h5 is missing"), InputError);
}

TEST_CASE("fields are listed with the items of one step") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  write_steps(folder / "r.vtkhdf", model, 3);
  const auto fields = list_result_fields(folder / "r.vtkhdf");
  CHECK(fields.size() == 5);
  CHECK(find_field(fields, "Displacement").items == model.mesh->node_count());
  CHECK(find_field(fields, "Cells_Host").items == model.mesh->element_count());
  CHECK(find_field(fields, "Cells_Host").unit == "cells/mm3");
}

TEST_CASE("fields are added to every step of a finished series, and only there") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({9, 4, 6});
  const auto path = folder / "r.vtkhdf";
  TimeSeriesWriter writer = write_steps(path, model, 3);
  const auto make = [&](int step) {
    OutputField risk, strain = make_step(model, step).fields[1];
    risk.name = "RiskFactor_ees";
    risk.values = step_values<float>(model.mesh->element_positions(), 1, step);
    for (float& value : strain.values) value *= 2;
    return std::vector<OutputField>{risk, strain};
  };
  CHECK_THROWS_WITH_AS(append_series_fields(path, make), doctest::Contains("not finished"), InputError);
  writer.finish("{}");
  CHECK_THROWS_WITH_AS(append_fields(path, make(0)), doctest::Contains("every step"), InputError);

  append_series_fields(path, make);

  for (int s = 0; s < 3; ++s) {
    StoredResult stored = read_result(path, {}, s);
    REQUIRE(stored.fields.size() == 6);
    CHECK(find_field(stored.fields, "RiskFactor_ees").values == make(s)[0].values);
    OutputField strain = find_field(stored.fields, "Strain");
    make_internal_order(strain);
    CHECK(strain.values == make(s)[1].values);
    CHECK(find_field(stored.fields, "Cells_Host").values_f64 == make_step(model, s).fields[2].values_f64);
  }
  TimeSeriesWriter again = TimeSeriesWriter::resume(path, model, 2, {});  // with the new field, in every later step
  CHECK_THROWS_AS(again.add_step(make_step(model, 2)), InternalError);
  SeriesStep next = make_step(model, 2);
  next.fields.push_back(make(2)[0]);
  again.add_step(next);
  CHECK(read_result(path, {"RiskFactor_ees"}).fields[0].values == make(2)[0].values);
}

TEST_CASE("the file that readers open grows by a few hundred bytes a field and step, not by the data") {
  const ScratchFolder folder;
  const ElasticModel model = make_l_model({60, 50, 40});
  const auto path = folder / "r.vtkhdf";
  SeriesStep step;
  OutputField field;
  field.name = "Stimulus";
  field.values = field_values<float>(model.mesh->element_positions(), 1);
  step.fields = {field};
  TimeSeriesWriter writer(path, make_series_start(model), {0, 1});
  std::uintmax_t size[2] = {0, 0};
  for (int s = 0; s < 100; ++s) {
    step.day = s;
    writer.add_step(step);
    if (s == 49) size[0] = std::filesystem::file_size(path);
  }
  size[1] = std::filesystem::file_size(path);
  CHECK(size[1] - size[0] < 50 * 400);
}
