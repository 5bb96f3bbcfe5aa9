// SPDX-License-Identifier: Apache-2.0
// The command line: options in, exit codes out. The only file that sees CLI11.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <new>

#include "bench_ladder.hpp"
#include "commands.hpp"
#include "osteon/core/error.hpp"
#include "osteon/core/startup.hpp"
#include "osteon/core/version.hpp"

namespace {

using namespace osteon;
using namespace osteon::app;

constexpr const char* k_description = R"(Osteon: finite-element mechanics of bone, from a scan to a fracture-risk map.

  osteon generate trabecular-rods -o bone.mha      make a synthetic bone
  osteon solve bone.mha --profile trabecular-axial compress it and map its risk
  paraview bone.osteon/result.vtkhdf               look at it

  osteon regenerate case.toml                      let delivered cells heal it, day by day

  osteon init xtremect2 > case.toml                a commented case file with every setting
  osteon solve case.toml --dry-run                 check the model before solving
)";

constexpr const char* k_footer = R"(Units: mm, N, MPa; strain without dimension. Compression is negative.
Exit codes: 0 done, 1 internal error, 2 command line or case file, 3 input data, 4 not converged (fields are written
and marked), 5 device or memory, 130/143 interrupted.
`osteon COMMAND --help` lists the options of a command. Research use only.)";

/// Fills the options of one command; the command is what runs when it was named.
using Command = std::function<int()>;

/// What every command that runs a case takes.
void add_case_options(CLI::App& command, SolveOptions& options, bool& quiet, bool& verbose) {
  command.add_option("--profile", options.profile,
                     "ready-made case (`osteon profiles`); a case file's own keys go over it");
  command.add_option("--mask", options.mask, "image on the same grid; only its values > 0 can be bone");
  command.add_option("--set", options.settings, "section.key=value, over profile and case file; can be repeated")
      ->allow_extra_args(false);
  command.add_option("-o,--output", options.output, "run folder; default: NAME.osteon in the current folder");
  command.add_option("--backend", options.backend, "auto, cpu or cuda");
  command.add_option("--threads", options.threads, "CPU threads; 0 = all")->check(CLI::NonNegativeNumber);
  command.add_flag("--dry-run", options.dry_run, "build and check the model, print it, write nothing");
  command.add_flag("--overwrite", options.overwrite, "replace the files of an earlier run in the folder");
  CLI::Option* quiet_flag = command.add_flag("-q,--quiet", quiet, "print errors only");
  command.add_flag("-v,--verbose", verbose, "print every step")->excludes(quiet_flag);
}

void add_solve(CLI::App& app, Command& command) {
  auto options = std::make_shared<SolveOptions>();
  CLI::App* solve = app.add_subcommand("solve", "from a scan or a case file to displacements, strains and risk maps");
  solve->add_option("input", options->input, "image, DICOM or TIFF folder, or case file (.toml)")->required();
  auto quiet = std::make_shared<bool>(false), verbose = std::make_shared<bool>(false);
  add_case_options(*solve, *options, *quiet, *verbose);
  solve->callback([&command, options, quiet, verbose] {
    options->verbosity = *quiet ? Verbosity::quiet : *verbose ? Verbosity::verbose : Verbosity::normal;
    command = [options] { return run_solve(*options); };
  });
}

void add_regenerate(CLI::App& app, Command& command) {
  auto options = std::make_shared<RegenerateOptions>();
  CLI::App* regenerate = app.add_subcommand("regenerate", "healing tissue and delivered cells, day by day");
  regenerate->add_option("input", options->input, "case file (.toml), or an image with --profile")->required();
  auto quiet = std::make_shared<bool>(false), verbose = std::make_shared<bool>(false);
  add_case_options(*regenerate, *options, *quiet, *verbose);
  regenerate->add_flag("--resume", options->resume, "go on from the checkpoint in the run folder");
  regenerate->add_option("--time-limit", options->time_limit_s, "seconds; stop after the step that passes it")
      ->check(CLI::PositiveNumber);
  regenerate->callback([&command, options, quiet, verbose] {
    options->verbosity = *quiet ? Verbosity::quiet : *verbose ? Verbosity::verbose : Verbosity::normal;
    command = [options] { return run_regenerate(*options); };
  });
}

void add_init(CLI::App& app, Command& command) {
  auto options = std::make_shared<InitOptions>();
  CLI::App* init = app.add_subcommand("init", "print a commented case file to start from");
  init->add_option("profile", options->profile, "name of a profile (`osteon profiles`)");
  init->add_option("--image", options->image, "image to name in the case; default: scan.mha");
  init->add_flag("--keys", options->keys, "print the table of all keys instead");
  init->add_flag("--laws", options->laws, "print the published density-modulus laws instead");
  init->callback([&command, options] { command = [options] { return run_init(*options); }; });
  app.add_subcommand("profiles", "list the ready-made cases")->callback([&command] { command = run_profiles; });
}

void add_info(CLI::App& app, Command& command) {
  auto options = std::make_shared<InfoOptions>();
  CLI::App* info = app.add_subcommand("info", "what an image or a result holds");
  info->add_option("file", options->file, "image, result.vtkhdf or run folder")->required();
  info->add_option("--spacing", options->spacing_mm, "mm, for files that carry none: one number or three")
      ->expected(1, 3)
      ->check(CLI::PositiveNumber);
  info->add_flag("--json", options->json, "print JSON");
  info->callback([&command, options] { command = [options] { return run_info(*options); }; });
}

void add_risk(CLI::App& app, Command& command) {
  auto options = std::make_shared<RiskOptions>();
  CLI::App* risk = app.add_subcommand("risk", "risk maps from a stored result, without a new solve");
  risk->add_option("result", options->result, "result.vtkhdf or run folder");
  risk->add_option("--criterion", options->criteria, "ees, vm, ... or all; default: those of the case")->delimiter(',');
  risk->add_flag("--list", options->list, "print the criteria with formulas, parameters and sources");
  risk->add_option(
      "--against", options->against,
      "run of `osteon regenerate` without treatment: how risk and strength of this one differ, day by day");
  risk->add_option("--set", options->settings, "parameter, e.g. risk.ees.critical_strain=0.008")
      ->allow_extra_args(false);
  risk->callback([&command, options] { command = [options] { return run_risk(*options); }; });
}

void add_export(CLI::App& app, Command& command) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* exporter = app.add_subcommand("export", "a stored result in other programs' formats");
  exporter->add_option("result", options->result, "result.vtkhdf or run folder")->required();
  exporter->add_flag("--vtu", options->vtu, "VTK unstructured grid");
  exporter->add_flag("--xdmf", options->xdmf, "small XDMF file that points into the result");
  exporter->add_flag("--nifti", options->nifti, "one .nii.gz per cell field, on the image grid");
  exporter->add_flag("--csv", options->csv, "tables of cells and points");
  exporter->add_option("--field", options->fields, "only these fields; can be repeated")->delimiter(',');
  exporter->add_option("--step", options->step, "step of a time series, from 0; default: the last (XDMF: all)")
      ->check(CLI::NonNegativeNumber);
  exporter->add_option("-o,--output", options->output, "folder; default: beside the result");
  exporter->add_flag("--overwrite", options->overwrite, "replace existing files");
  exporter->callback([&command, options] { command = [options] { return run_export(*options); }; });
}

void add_femur_options(CLI::App& generate, GenerateOptions& options) {
  generate.add_option("--side", options.side, "proximal-femur: left or right; default: left")
      ->check(CLI::IsMember({"left", "right"}));
  generate
      .add_option("--turn-deg", options.turn_deg,
                  "proximal-femur, vertebra: turns about the patient's x, then y, then z, so that it lies obliquely in "
                  "the scan")
      ->expected(3);
  const auto positive = [&](const char* name, double& value, const char* words) {
    generate.add_option(name, value, std::string("proximal-femur: ") + words)->check(CLI::PositiveNumber);
  };
  positive("--neck-shaft-deg", options.neck_shaft_deg, "angle between the axes of neck and shaft");
  generate.add_option("--anteversion-deg", options.anteversion_deg, "proximal-femur: of the neck");
  positive("--neck-length-mm", options.neck_length_mm, "from the head's centre to the axis of the shaft");
  positive("--head-radius-mm", options.head_radius_mm, "of the head");
  positive("--neck-radius-mm", options.neck_radius_mm, "where the neck is narrowest");
  positive("--shaft-radius-mm", options.shaft_radius_mm, "of the shaft's outer surface");
  positive("--cortex-mm", options.cortex_mm, "thickness of the shaft's cortex");
}

void add_vertebra_options(CLI::App& generate, GenerateOptions& options) {
  const auto positive = [&](const char* name, double& value, const char* words) {
    generate.add_option(name, value, std::string("vertebra: ") + words)->check(CLI::PositiveNumber);
  };
  positive("--width-mm", options.width_mm, "of the body, from side to side");
  positive("--depth-mm", options.depth_mm, "of the body, from front to back");
  positive("--height-mm", options.height_mm, "of the body");
  positive("--spongiosa", options.spongiosa_mg_per_cm3,
           "density inside the body, mg/cm3; 130, in osteoporosis 80 and less");
}

void add_generate(CLI::App& app, Command& command) {
  auto options = std::make_shared<GenerateOptions>();
  CLI::App* generate = app.add_subcommand("generate", "synthetic bones and benchmark problems");
  generate->add_option("kind", options->kind, "what to make")
      ->required()
      ->check(CLI::IsMember({"trabecular-rods", "trabecular-plates", "block", "cantilever", "sphere", "block-with-void",
                             "shaft", "fracture", "critical-defect", "proximal-femur", "vertebra"}));
  generate->add_option("-o,--output", options->output, ".mha or .npy file")->required();
  generate->add_option("--size", options->size, "voxels: one number or three")->expected(1, 3);
  generate->add_option("--spacing", options->spacing_mm, "mm: one number or three")->expected(1, 3);
  generate->add_option("--bvtv", options->bone_volume_fraction, "bone volume fraction, 0 to 1")
      ->check(CLI::Range(0.0, 1.0));
  generate->add_option("--period", options->period_voxels, "distance of the struts in voxels")
      ->check(CLI::PositiveNumber);
  generate->add_option("--stretch", options->stretch_z, "how much longer the struts are along z")
      ->check(CLI::PositiveNumber);
  generate->add_option("--fraction", options->fraction, "inner / outer radius of a sphere, or size of the void")
      ->check(CLI::Range(0.0, 1.0));
  generate->add_option("--gap-mm", options->gap_mm, "fracture: between the bone's ends")->check(CLI::PositiveNumber);
  generate->add_option("--defect-mm", options->defect_mm, "critical-defect: missing length")
      ->check(CLI::PositiveNumber);
  generate
      ->add_option("--length-mm", options->length_mm,
                   "fracture, critical-defect: of the whole bone piece; proximal-femur: of the shaft below the neck")
      ->check(CLI::PositiveNumber);
  generate->add_option("--symmetry", options->symmetry, "fracture, critical-defect: part of the bone; default: eighth")
      ->check(CLI::IsMember({"eighth", "quarter", "full"}));
  generate->add_option("--scaffold", options->scaffold, "critical-defect: in the defect; default: none")
      ->check(CLI::IsMember({"none", "tube", "honeycomb"}));
  generate->add_option("--cell-mm", options->cell_mm, "honeycomb: width of a cell")->check(CLI::PositiveNumber);
  generate->add_option("--wall-mm", options->wall_mm, "honeycomb: thickness of the walls")->check(CLI::PositiveNumber);
  add_femur_options(*generate, *options);
  add_vertebra_options(*generate, *options);
  generate->add_option("--seed", options->seed, "the same seed gives the same bone");
  generate->add_flag("--overwrite", options->overwrite, "replace an existing file");
  generate->callback([&command, options] { command = [options] { return run_generate(*options); }; });
}

void add_bench(CLI::App& app, Command& command) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* bench = app.add_subcommand("bench", "this machine's speed on the standard problems");
  bench->add_option("--kinds", options->kinds, "solid, plates, rods, contrast; default: all")
      ->check(CLI::IsMember(bench_kinds()));
  CLI::Option* sizes = bench->add_option("--sizes", options->sizes, "voxels along the edge; default: 64 128");
  CLI::Option* quick = bench->add_flag("--quick", options->quick, "size 64 only, unless --sizes says otherwise");
  bench->add_flag("--full", options->full, "sizes 64, 128, 192, ... up to what fits into memory")
      ->excludes(sizes)
      ->excludes(quick);
  bench->add_option("--repeats", options->repeats, "of every measurement; default: 3, fewer of long solves")
      ->check(CLI::PositiveNumber);
  bench->add_option("--json", options->json, "write everything measured to this file");
  bench->add_flag("--overwrite", options->overwrite, "replace an existing JSON file");
  bench->add_option("--backend", options->backend, "auto, cpu or cuda");
  bench->add_option("--threads", options->threads, "CPU threads; 0 = all")->check(CLI::NonNegativeNumber);
  bench->add_option("--seed", options->seed, "the same seed gives the same bones");
  auto quiet = std::make_shared<bool>(false);
  bench->add_flag("-q,--quiet", *quiet, "print errors only");
  bench->callback([&command, options, quiet] {
    if (*quiet) options->verbosity = Verbosity::quiet;
    command = [options] { return run_bench(*options); };
  });
}

int parse_and_run(int argc, char** argv) {
  CLI::App app{k_description, "osteon"};
  app.set_version_flag("--version", "osteon " + build_name());
  app.footer(k_footer);
  app.require_subcommand(1);
  Command command;
  add_solve(app, command);
  add_regenerate(app, command);
  add_init(app, command);
  add_info(app, command);
  add_risk(app, command);
  add_export(app, command);
  add_generate(app, command);
  add_bench(app, command);
  app.add_subcommand("devices", "list where this build can run")->callback([&command] { command = run_devices; });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);  // --help and --version end here too
  }
  return command();
}

int fail(ExitCode code, const std::string& message) {
  std::fflush(stdout);
  fmt::print(stderr, "osteon: {}\n", message);
  return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
  wait_briefly_at_barriers(argv);
  return_large_arrays();
  try {
    return parse_and_run(argc, argv);
  } catch (const InternalError& error) {
    return fail(error.code(), fmt::format("{}\nThis is a fault of Osteon, please report it.", error.what()));
  } catch (const Error& error) {
    return fail(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return fail(ExitCode::device,
                "out of memory; use a smaller region (prepare.crop_first, crop_size) or a coarser grid "
                "(prepare.resample_factor)");
  } catch (const std::exception& error) {
    return fail(ExitCode::internal, fmt::format("unexpected error: {}", error.what()));
  }
}
