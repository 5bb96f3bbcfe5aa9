// SPDX-License-Identifier: Apache-2.0
#include "run_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "falls_run.hpp"
#include "osteon/core/machine.hpp"
#include "probability_run.hpp"
#include "scores_run.hpp"
#include "strength_run.hpp"

namespace osteon::app {

namespace {

std::string megabytes(std::size_t bytes) { return fmt::format("{:.0f} MB", static_cast<double>(bytes) / 1e6); }

std::string model_line(const BoneModel& model) {
  const VoxelMesh& mesh = *model.elastic.mesh;
  const Vec3 h = mesh.spacing_mm();
  std::string text =
      fmt::format("{} elements, {} nodes, {} dof; grid {} x {} x {} at {:g} x {:g} x {:g} mm; BV/TV {:.2f} %",
                  mesh.element_count(), mesh.node_count(), 3 * std::int64_t{mesh.node_count()}, mesh.size().x,
                  mesh.size().y, mesh.size().z, h[0], h[1], h[2], 100 * model.volume_fraction);
  if (model.removed_voxels > 0)
    text += fmt::format("; {} voxels in {} loose parts removed", model.removed_voxels, model.removed_components);
  return text;
}

std::string amount_text(const LoadCaseSpec& spec) {
  if (spec.strain) return fmt::format("strain {:g}", *spec.strain);
  if (spec.displacement_mm) return fmt::format("displacement {:g} mm", *spec.displacement_mm);
  if (spec.force_n) return fmt::format("force {:g} N", *spec.force_n);
  if (spec.angle_rad) return fmt::format("angle {:g} rad", *spec.angle_rad);
  if (spec.type == LoadType::strain) return fmt::format("uniform strain {}", fmt::join(spec.uniform_strain, " "));
  return fmt::format("{} node sets", spec.node_sets.size());
}

const char* type_name(LoadType type) {
  constexpr const char* k_names[] = {"axial", "uniaxial", "confined", "shear", "bending", "torsion", "strain", "free"};
  return k_names[static_cast<int>(type)];
}

std::string stiffness_table(const HomogenisedStiffness& h) {
  std::string text = "  apparent stiffness, MPa (xx yy zz yz zx xy)\n";
  for (std::size_t i = 0; i < 6; ++i) {
    text += "   ";
    for (std::size_t j = 0; j < 6; ++j) text += fmt::format(" {:10.4g}", h.stiffness_mpa[6 * i + j]);
    text += "\n";
  }
  text += fmt::format("  E x y z {:.5g} MPa; G yz zx xy {:.5g} MPa; asymmetry {:.1e}\n",
                      fmt::join(h.youngs_modulus_mpa, " "), fmt::join(h.shear_modulus_mpa, " "), h.asymmetry);
  return text;
}

}  // namespace

std::string material_line(const Material& material) {
  std::string law = fmt::format("E = {:g} MPa", material.youngs_modulus_mpa);
  if (material.law) law = fmt::format("{}, {}", material.law->formula, material.law->source);
  if (material.orthotropic) {
    const OrthotropicConstants& k = *material.orthotropic;
    law = fmt::format("orthotropic, E x y z = {:g} / {:g} / {:g} MPa", k.e_x, k.e_y, k.e_z);
  }
  std::string text = fmt::format("{} (label {}): {}", material.name, material.label, law);
  if (!material.orthotropic) text += fmt::format(", nu = {:g}", material.poisson_ratio);
  if (!material.source.empty() && !material.law) text += fmt::format("; {}", material.source);
  return text;
}

std::string load_case_line(const ResolvedLoadCase& load_case) {
  const LoadCaseSpec& spec = load_case.spec;
  return fmt::format("{}: {} along {}, {}; {} nodes held, {} loaded", spec.name, type_name(spec.type),
                     axis_name(spec.type == LoadType::free ? load_case.displacement_axis : spec.axis),
                     amount_text(spec), load_case.support_nodes.size(), load_case.loaded_nodes.size());
}

std::string result_lines(const Case& wanted, const LoadCaseResult& result) {
  const ReactionReport& r = result.reactions;
  const auto axis = static_cast<std::size_t>(result.load_case.displacement_axis);
  std::string text = fmt::format("  {:<12}", result.load_case.spec.name);
  text += fmt::format("{} iterations, residual {:.1e}{}\n", result.solve.iterations, result.solve.relative_residual,
                      result.solve.converged ? "" : "  NOT CONVERGED: " + result.solve.failure);
  const std::string indent(14, ' ');
  if (r.applied_displacement_mm != 0) {
    text += fmt::format("{}reaction {:.6g} N at {:.6g} mm, stiffness {:.6g} N/mm", indent, r.reaction_force_n[axis],
                        r.applied_displacement_mm, r.stiffness_n_per_mm);
    if (r.apparent_modulus_mpa > 0) text += fmt::format(", apparent modulus {:.6g} MPa", r.apparent_modulus_mpa);
    text += "\n";
  } else if (r.applied_angle_rad != 0) {
    text += fmt::format("{}stiffness {:.6g} N mm/rad at {:.6g} rad\n", indent, r.rotational_stiffness_nmm_per_rad,
                        r.applied_angle_rad);
  }
  if (result.pistoia) {
    const PistoiaResult& p = *result.pistoia;
    text += fmt::format("{}failure load {:.6g} N (Pistoia, {:g} at {:g} %; effective strain there {:.5g})\n", indent,
                        p.failure_load_n, p.settings.critical_strain, p.settings.critical_volume_percent,
                        p.ees_at_critical_volume);
  }
  for (std::size_t i = 0; i < result.risk.size(); ++i) {
    const RiskSummary& risk = result.risk[i];
    text += fmt::format("{}risk {}: highest {:.3g} at voxel {} {} {}, p98 {:.3g}, {:.3g} % of the bone above 1\n",
                        indent, wanted.criteria[i].id, risk.max, risk.most_loaded_voxel.x, risk.most_loaded_voxel.y,
                        risk.most_loaded_voxel.z, risk.p98, risk.volume_percent_above_1);
  }
  return text;
}

std::string model_text(const Case& wanted, const RunRecord& record, const BoneModel& model, int together) {
  std::string text = fmt::format("model       {}\n", model_line(model));
  for (const Material& material : model.elastic.material.materials)
    text += fmt::format("material    {}\n", material_line(material));
  for (const ResolvedLoadCase& load_case : model.load_cases)
    text += fmt::format("load case   {}\n", load_case_line(load_case));
  const MemoryEstimate memory =
      estimate_memory(model.elastic.mesh->node_count(), model.elastic.mesh->element_count(), wanted.solver, together);
  constexpr std::size_t k_working = 12'000'000;  // threads, libraries' own arrays
  text += fmt::format("memory      about {} on the device, {} on the host{}\n", megabytes(memory.device_bytes),
                      megabytes(resident_program_bytes() + k_working + memory.host_bytes),
                      together > 1 ? fmt::format(", {} load cases solved together", together) : "");
  if (wanted.strength) {
    const StrengthMemory more = strength_memory(model.elastic.mesh->node_count(), model.elastic.mesh->element_count());
    text +=
        fmt::format("strength    load case {}; {} more on the device, {} if every voxel yields\n",
                    wanted.strength->load_case, megabytes(more.device_bytes), megabytes(more.device_bytes_all_yielded));
  }
  text += fmt::format("backend     {}: {}\n", record.backend, record.device);
  return text + "Dry run: nothing was solved, nothing was written.";
}

std::string run_summary(const Case& wanted, const RunRecord& record, const BoneModel& model, const Analysis& analysis,
                        const std::filesystem::path& folder) {
  std::string text = fmt::format("\n{}\n", model_line(model));
  text += fmt::format("{} on {}; {:.1f} s, of which {:.1f} s solving; {} of memory\n", record.backend, record.device,
                      record.total_s, record.times.setup + record.times.solve, megabytes(record.peak_host_bytes));
  for (const auto& result : analysis.results)
    if (result) text += result_lines(wanted, *result);
  text += probability_lines(analysis);
  text += score_lines(analysis);
  text += falls_lines(analysis);
  if (analysis.strength) text += strength_lines(*analysis.strength) + "\n";
  if (analysis.homogenised) text += stiffness_table(*analysis.homogenised);
  text += fmt::format("\nOpen  {}  in ParaView (5.12 or later)", (folder / "result.vtkhdf").string());
  if (!wanted.criteria.empty()) text += fmt::format("; colour by RiskFactor_{}", wanted.criteria.front().id);
  text += fmt::format("\nRead  {}", (folder / "summary.json").string());
  text += "\nResearch use only: not for diagnosis or treatment.";
  return text;
}

}  // namespace osteon::app
