// SPDX-License-Identifier: Apache-2.0
// Names of load cases, and the check that the keys of one load case fit together.
#include <fmt/format.h>

#include <cmath>
#include <set>

#include "load_case_spec.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

struct TypeName {
  const char* name;
  LoadType type;
  bool has_direction;
};

constexpr TypeName k_type_names[] = {
    {"axial", LoadType::axial, false},       {"uniaxial", LoadType::uniaxial, false},
    {"confined", LoadType::confined, false}, {"shear", LoadType::shear, true},
    {"bending", LoadType::bending, true},    {"torsion", LoadType::torsion, false},
    {"strain", LoadType::strain, false},     {"free", LoadType::free, false},
};

bool is_axis(char c) { return c >= 'x' && c <= 'z'; }

[[noreturn]] void throw_unknown_type(const std::string& name) {
  throw UsageError(
      fmt::format("'{}' is no load case; there are axial, uniaxial, confined, shear_ab, bending_ab, torsion, "
                  "strain and free, each with its axis behind it (axial_x, shear_zx: axis z, moved along x)",
                  name));
}

[[noreturn]] void fail(const LoadCaseSpec& spec, const std::string& what) {
  throw UsageError(fmt::format("load case '{}': {}", spec.name, what));
}

void check_finite(const LoadCaseSpec& spec, double value, const char* key) {
  if (!std::isfinite(value)) fail(spec, fmt::format("{} is {}; it must be a finite number", key, value));
}

void check_size_keys(const LoadCaseSpec& spec) {
  const bool turns = spec.type == LoadType::bending || spec.type == LoadType::torsion;
  const bool moves = !turns && spec.type != LoadType::strain && spec.type != LoadType::free;
  const int given = spec.strain.has_value() + spec.displacement_mm.has_value() + spec.force_n.has_value();
  const char* name = load_type_name(spec.type);
  if (moves && given != 1)
    fail(spec,
         fmt::format("type {} needs exactly one of strain, displacement_mm and force_n; {} are given", name, given));
  const bool scaled = spec.type == LoadType::free && spec.force_n && !spec.strain && !spec.displacement_mm;
  if (!moves && given != 0 && !scaled)
    fail(spec, fmt::format("strain, displacement_mm and force_n do not go with type {}", name));
  if (turns != spec.angle_rad.has_value())
    fail(spec, fmt::format(turns ? "type {} needs angle_rad" : "angle_rad does not go with type {}", name));
  if (spec.strain) check_finite(spec, *spec.strain, "strain");
  if (spec.displacement_mm) check_finite(spec, *spec.displacement_mm, "displacement_mm");
  if (spec.force_n) check_finite(spec, *spec.force_n, "force_n");
  if (spec.force_n && *spec.force_n == 0) fail(spec, "force_n is 0");
  if (spec.angle_rad) check_finite(spec, *spec.angle_rad, "angle_rad");
  for (const double component : spec.uniform_strain) {
    check_finite(spec, component, "uniform_strain");
    if (component != 0 && spec.type != LoadType::strain)
      fail(spec, fmt::format("uniform_strain does not go with type {}", name));
  }
}

void check_node_set(const LoadCaseSpec& spec, const NodeSetSpec& set) {
  auto fail_set = [&](const std::string& what) { fail(spec, fmt::format("node set '{}': {}", set.name, what)); };
  if (set.name.empty()) fail(spec, "a node set has no name");
  if (set.box_mm && !set.surface.empty()) fail_set("has both box_mm and surface; give one");
  if (!set.box_mm && set.surface.empty() && !set.label) fail_set("needs box_mm, surface or label");
  if (!set.surface.empty() && !parse_surface(set.surface, spec.axis))
    fail_set(
        fmt::format("surface is '{}'; it can be low, high, or one of another axis: x_low ... z_high", set.surface));
  if (set.box_mm)
    for (int d = 0; d < 3; ++d) {
      const double lo = (*set.box_mm)[2 * d], hi = (*set.box_mm)[2 * d + 1];
      if (!(std::isfinite(lo) && std::isfinite(hi) && lo <= hi))
        fail_set(fmt::format("box_mm runs from {} to {} along {}; it must run upwards", lo, hi,
                             axis_name(static_cast<Axis>(d))));
    }
  bool does_something = false;
  bool loads = false;
  for (int d = 0; d < 3; ++d) {
    if (set.displacement_mm[d]) check_finite(spec, *set.displacement_mm[d], "displacement_mm of a node set");
    check_finite(spec, set.force_n[d], "force_n of a node set");
    does_something = does_something || set.displacement_mm[d] || set.force_n[d] != 0;
    loads = loads || set.displacement_mm[d].value_or(0) != 0 || set.force_n[d] != 0;
    if (set.displacement_mm[d] && set.force_n[d] != 0)
      fail_set(fmt::format("holds both a displacement and a force along {}; the force would do nothing",
                           axis_name(static_cast<Axis>(d))));
  }
  if (!does_something) fail_set("prescribes no displacement and carries no force");
  if (loads && spec.force_n && spec.type != LoadType::free)
    fail_set("loads the bone, so the case cannot be scaled to force_n; give strain or displacement_mm");
}

}  // namespace

std::optional<std::pair<Axis, End>> parse_surface(const std::string& name, Axis axis) {
  std::string end = name;
  if (name.size() > 2 && is_axis(name[0]) && name[1] == '_') {
    axis = static_cast<Axis>(name[0] - 'x');
    end = name.substr(2);
  }
  if (end != "low" && end != "high") return {};
  return std::pair{axis, end == "low" ? End::low : End::high};
}

const char* load_type_name(LoadType type) {
  for (const TypeName& t : k_type_names)
    if (t.type == type) return t.name;
  return "unknown";
}

LoadCaseSpec parse_load_type(const std::string& name, std::optional<Axis> axis) {
  const std::size_t cut = name.find('_');
  const std::string suffix = cut == std::string::npos ? "" : name.substr(cut + 1);
  const std::string stem = name.substr(0, cut);
  for (const TypeName& t : k_type_names) {
    if (stem != t.name) continue;
    if ((cut != std::string::npos && suffix.empty()) || suffix.size() > (t.has_direction ? 2u : 1u))
      throw_unknown_type(name);
    for (const char c : suffix)
      if (!is_axis(c)) throw_unknown_type(name);
    LoadCaseSpec spec;
    spec.name = name;
    spec.type = t.type;
    spec.axis = suffix.empty() ? axis.value_or(Axis::z) : static_cast<Axis>(suffix[0] - 'x');
    if (axis && *axis != spec.axis)
      throw UsageError(fmt::format("the load case '{}' lies along {}, but axis says {}", name, axis_name(spec.axis),
                                   axis_name(*axis)));
    const int next = (static_cast<int>(spec.axis) + 1) % 3;
    spec.direction = static_cast<Axis>(suffix.size() == 2 ? suffix[1] - 'x' : next);
    if (spec.direction == spec.axis)
      throw UsageError(fmt::format("the load case '{}' needs two different axes, as in {}_zx", name, t.name));
    return spec;
  }
  throw_unknown_type(name);
}

void check_load_case_spec(const LoadCaseSpec& spec) {
  check_size_keys(spec);
  if ((spec.type == LoadType::shear || spec.type == LoadType::bending) && spec.axis == spec.direction)
    fail(spec, fmt::format("type {} needs a direction other than its axis {}", load_type_name(spec.type),
                           axis_name(spec.axis)));
  if (!(spec.surface_depth_mm >= 0) || !std::isfinite(spec.surface_depth_mm))
    fail(spec, fmt::format("surface_depth_mm is {}; it must be 0 (no limit) or more", spec.surface_depth_mm));
  if (spec.surface_depth_mm > 0 && spec.surface != SurfaceRule::visible)
    fail(spec, "surface_depth_mm goes with surface = \"visible\" only");
  if (spec.type == LoadType::free && spec.node_sets.empty()) fail(spec, "type free needs at least one node set");
  std::set<std::string> names;
  for (const NodeSetSpec& set : spec.node_sets) {
    check_node_set(spec, set);
    if (!names.insert(set.name).second) fail(spec, fmt::format("two node sets are called '{}'", set.name));
  }
}

}  // namespace osteon
