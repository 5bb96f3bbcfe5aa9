// SPDX-License-Identifier: Apache-2.0
// Which degrees of freedom each load case prescribes, and with which values.
#include "osteon/model/load_case.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "kernels/element/voigt.hpp"
#include "mesh_helpers.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// The asymmetric test body, with its axes turned so that what lay along z, x, y lies along a, a + 1, a + 2.
struct TurnedBody {
  Index3 size;
  Vec3 spacing;
  int a, b, c;
  VoxelMesh mesh;

  static Index3 turned(int a, int along, int first, int second) {
    Index3 p;
    p[a] = along;
    p[(a + 1) % 3] = first;
    p[(a + 2) % 3] = second;
    return p;
  }
  /// An L standing on the low end: sole 3 x 4, upright 1 x 4, 5 layers.
  explicit TurnedBody(int axis)
      : size(turned(axis, 5, 3, 4)),
        spacing(),
        a(axis),
        b((axis + 1) % 3),
        c((axis + 2) % 3),
        mesh(make_mesh(size, turned_spacing(axis), [axis](int x, int y, int z) {
          const Index3 p{x, y, z};
          return p[axis] < 2 || p[(axis + 1) % 3] == 0;
        })) {
    spacing = mesh.spacing_mm();
  }
  static Vec3 turned_spacing(int axis) {
    Vec3 h;
    h[axis] = 0.5;
    h[(axis + 1) % 3] = 0.1;
    h[(axis + 2) % 3] = 0.2;
    return h;
  }
  LoadCaseSpec spec(LoadType type) const {
    LoadCaseSpec s;
    s.type = type;
    s.axis = static_cast<Axis>(a);
    s.direction = static_cast<Axis>(b);
    return s;
  }
  /// Calls visit(node, height, x_b, x_c) with the height in layers and lateral positions in mm.
  template <class Visit>
  void for_each_node(Visit visit) const {
    for (std::uint32_t n = 0; n < mesh.node_count(); ++n) {
      const Index3 p = mesh.node_positions()[n];
      visit(n, p[a], p[b] * spacing[b], p[c] * spacing[c]);
    }
  }
  /// Lateral centre of mass: 24 voxels of the sole, 12 of the upright.
  double centre_b() const { return (24 * 0.15 + 12 * 0.05) / 36; }
  double centre_c() const { return 0.4; }
};

int held_count(const ResolvedLoadCase& c) {
  int count = 0;
  for (const std::uint8_t bits : c.constrained) count += (bits & 1) + (bits >> 1 & 1) + (bits >> 2 & 1);
  return count;
}

}  // namespace

TEST_CASE("axial clamps both ends and moves the high end along the axis") {
  for (int axis = 0; axis < 3; ++axis) {
    const TurnedBody body(axis);
    LoadCaseSpec spec = body.spec(LoadType::axial);
    spec.strain = -0.01;

    const ResolvedLoadCase c = resolve_load_case(body.mesh, spec);

    CHECK(c.length_mm == doctest::Approx(2.5));
    CHECK(c.section_mm2 == doctest::Approx(0.3 * 0.8));
    CHECK(c.applied_displacement_mm == doctest::Approx(-0.025));
    CHECK(c.displacement_axis == spec.axis);
    CHECK(c.support_nodes.size() == 4 * 5);
    CHECK(c.loaded_nodes.size() == 2 * 5);
    CHECK(c.force_n.empty());
    body.for_each_node([&](std::uint32_t n, int height, double, double) {
      for (int d = 0; d < 3; ++d) {
        CHECK(is_held(c, n, d) == (height == 0 || height == 5));
        CHECK(value(c, n, d) == (height == 5 && d == axis ? c.applied_displacement_mm : 0.0));
      }
    });
    require_supported(body.mesh, c);
  }
}

TEST_CASE("uniaxial holds the ends along the axis and only the three lateral rigid motions besides") {
  for (int axis = 0; axis < 3; ++axis) {
    const TurnedBody body(axis);
    LoadCaseSpec spec = body.spec(LoadType::uniaxial);
    spec.displacement_mm = 0.1;

    const ResolvedLoadCase c = resolve_load_case(body.mesh, spec);

    int lateral = 0;
    body.for_each_node([&](std::uint32_t n, int height, double, double) {
      CHECK(is_held(c, n, body.a) == (height == 0 || height == 5));
      CHECK(value(c, n, body.a) == (height == 5 ? 0.1 : 0.0));
      for (const int d : {body.b, body.c})
        if (is_held(c, n, d)) {
          ++lateral;
          CHECK(height == 0);
          CHECK(value(c, n, d) == 0);
        }
    });
    CHECK(lateral == 3);
    require_supported(body.mesh, c);

    // Each of the three is needed: without it one motion is free.
    for (std::uint32_t n = 0; n < body.mesh.node_count(); ++n)
      for (const int d : {body.b, body.c}) {
        if (!is_held(c, n, d)) continue;
        ResolvedLoadCase weaker = c;
        weaker.constrained[n] = static_cast<std::uint8_t>(weaker.constrained[n] & ~(1 << d));
        CHECK(contains(error_of<InputError>([&] { require_supported(body.mesh, weaker); }), "it can"));
      }
  }
}

TEST_CASE("confined also holds the four side faces along their normals and adds no support it does not need") {
  for (int axis = 0; axis < 3; ++axis) {
    const TurnedBody body(axis);
    LoadCaseSpec spec = body.spec(LoadType::confined);
    spec.strain = -0.02;

    const ResolvedLoadCase c = resolve_load_case(body.mesh, spec);

    body.for_each_node([&](std::uint32_t n, int height, double, double) {
      const Index3 p = body.mesh.node_positions()[n];
      CHECK(is_held(c, n, body.a) == (height == 0 || height == 5));
      CHECK(is_held(c, n, body.b) == (p[body.b] == 0 || p[body.b] == 3));
      CHECK(is_held(c, n, body.c) == (p[body.c] == 0 || p[body.c] == 4));
      CHECK(value(c, n, body.a) == doctest::Approx(height == 5 ? -0.05 : 0));
    });
    require_supported(body.mesh, c);
  }
}

TEST_CASE("shear clamps both ends and moves the high end along its direction") {
  for (int axis = 0; axis < 3; ++axis)
    for (const int turn : {1, 2}) {
      const TurnedBody body(axis);
      LoadCaseSpec spec = body.spec(LoadType::shear);
      spec.direction = static_cast<Axis>((axis + turn) % 3);
      spec.strain = 0.01;

      const ResolvedLoadCase c = resolve_load_case(body.mesh, spec);

      CHECK(c.displacement_axis == spec.direction);
      body.for_each_node([&](std::uint32_t n, int height, double, double) {
        for (int d = 0; d < 3; ++d) {
          CHECK(is_held(c, n, d) == (height == 0 || height == 5));
          CHECK(value(c, n, d) == doctest::Approx(height == 5 && d == (axis + turn) % 3 ? 0.025 : 0));
        }
      });
      require_supported(body.mesh, c);
    }
}

TEST_CASE("bending turns the ends against each other about the bone's centre line") {
  for (int axis = 0; axis < 3; ++axis) {
    const TurnedBody body(axis);
    LoadCaseSpec spec = body.spec(LoadType::bending);  // about b
    spec.angle_rad = 0.02;

    const ResolvedLoadCase c = resolve_load_case(body.mesh, spec);

    body.for_each_node([&](std::uint32_t n, int height, double, double x_c) {
      const bool end = height == 0 || height == 5;
      const double angle = height == 0 ? -0.01 : 0.01;
      for (int d = 0; d < 3; ++d) CHECK(is_held(c, n, d) == end);
      if (!end) return;
      CHECK(value(c, n, body.a) == doctest::Approx(angle * (x_c - body.centre_c())));  // e_b x e_c = e_a
      CHECK(value(c, n, body.b) == doctest::Approx(0));
      CHECK(value(c, n, body.c) == doctest::Approx(0));
    });
    CHECK(c.applied_displacement_mm == 0);
    require_supported(body.mesh, c);
  }
}

TEST_CASE("torsion turns the high end about the bone's centre line and holds its warping") {
  for (int axis = 0; axis < 3; ++axis) {
    const TurnedBody body(axis);
    LoadCaseSpec spec = body.spec(LoadType::torsion);
    spec.angle_rad = 0.02;

    const ResolvedLoadCase c = resolve_load_case(body.mesh, spec);

    body.for_each_node([&](std::uint32_t n, int height, double x_b, double x_c) {
      const double angle = height == 5 ? 0.02 : 0;
      for (int d = 0; d < 3; ++d) CHECK(is_held(c, n, d) == (height == 0 || height == 5));
      CHECK(value(c, n, body.a) == 0);
      CHECK(value(c, n, body.b) == doctest::Approx(-angle * (x_c - body.centre_c())));
      CHECK(value(c, n, body.c) == doctest::Approx(angle * (x_b - body.centre_b())));
    });
    require_supported(body.mesh, c);
  }
}

TEST_CASE("strain imposes u = strain x on every outer node and on no other") {
  const VoxelMesh mesh = make_block_mesh({4, 5, 3}, {0.1, 0.2, 0.3});
  for (int v = 0; v < 6; ++v) {
    LoadCaseSpec spec;
    spec.type = LoadType::strain;
    spec.uniform_strain[v] = 0.01;
    const int row[6] = {0, 1, 2, 1, 2, 0}, column[6] = {0, 1, 2, 2, 0, 1};

    const ResolvedLoadCase c = resolve_load_case(mesh, spec);

    for (std::uint32_t n = 0; n < mesh.node_count(); ++n) {
      const Index3 p = mesh.node_positions()[n];
      const bool outer = p.x == 0 || p.y == 0 || p.z == 0 || p.x == 4 || p.y == 5 || p.z == 3;
      const double x[3] = {0.1 * p.x, 0.2 * p.y, 0.3 * p.z};
      double u[3] = {0, 0, 0};
      u[row[v]] += 0.005 * x[column[v]];
      u[column[v]] += 0.005 * x[row[v]];
      for (int d = 0; d < 3; ++d) {
        CHECK(is_held(c, n, d) == outer);
        CHECK(value(c, n, d) == doctest::Approx(outer ? u[d] : 0));
      }
    }
    require_supported(mesh, c);
  }
}

TEST_CASE("a visible surface is the outer face of the first bone in every column, down to its depth") {
  for (int axis = 0; axis < 3; ++axis) {
    // A roof that falls by one layer per column along b: columns of 6, 5, 4 voxels in a grid of 8 layers.
    const int b = (axis + 1) % 3;
    const Index3 size = TurnedBody::turned(axis, 8, 3, 2);
    const VoxelMesh mesh = make_mesh(size, {0.5, 0.5, 0.5}, [&](int x, int y, int z) {
      const Index3 p{x, y, z};
      return p[axis] >= 1 && p[axis] < 7 - p[b];
    });
    LoadCaseSpec spec;
    spec.type = LoadType::axial;
    spec.axis = static_cast<Axis>(axis);
    spec.strain = -0.01;

    CHECK(contains(error_of<InputError>([&] { resolve_load_case(mesh, spec); }), "visible"));

    spec.surface = SurfaceRule::visible;
    const ResolvedLoadCase all = resolve_load_case(mesh, spec);
    CHECK(all.support_nodes.size() == 4 * 3);
    CHECK(all.loaded_nodes.size() == 3 * 2 * 3);             // two nodes along b per column and three along c
    CHECK(all.length_mm == doctest::Approx((6 - 1) * 0.5));  // mean heights 6 and 1
    spec.surface_depth_mm = 0.5;
    const ResolvedLoadCase upper = resolve_load_case(mesh, spec);
    CHECK(upper.loaded_nodes.size() == 2 * 2 * 3);
    for (const std::uint32_t n : upper.loaded_nodes) {
      const Index3 p = mesh.node_positions()[n];
      CHECK((p[axis] == 7 ? p[b] <= 1 : p[axis] == 6 && p[b] >= 1 && p[b] <= 2));
    }
  }
}

TEST_CASE("visible ends that meet are a conflict that names both") {
  const VoxelMesh mesh = make_mesh({2, 1, 2}, {1, 1, 1}, [](int x, int, int z) { return x == z; });
  LoadCaseSpec spec;
  spec.strain = -0.01;
  spec.surface = SurfaceRule::visible;
  const std::string text = error_of<InputError>([&] { resolve_load_case(mesh, spec); });
  CHECK(contains(text, "'low end' and 'high end'"));
  CHECK(contains(text, "surface_depth_mm"));
}

TEST_CASE("free node sets hold, move and load the nodes of boxes and surfaces") {
  const VoxelMesh mesh = make_block_mesh({3, 3, 4}, {0.5, 0.5, 0.5});
  LoadCaseSpec spec;
  spec.type = LoadType::free;
  NodeSetSpec floor, patch;
  floor.name = "floor";
  floor.surface = "low";
  floor.displacement_mm = {0.0, 0.0, 0.0};
  patch.name = "patch";
  patch.box_mm = {0.0, 0.5, 0.0, 1.0, 2.0, 2.0};
  patch.force_n = {0, 12, -6};
  spec.node_sets = {floor, patch};

  const ResolvedLoadCase c = resolve_load_case(mesh, spec);

  CHECK(c.loaded_nodes.size() == 2 * 3);
  CHECK(c.support_nodes.size() == 16);
  CHECK(c.applied_displacement_mm == 0);
  CHECK(c.other_loads);
  double total[3] = {0, 0, 0};
  for (std::uint32_t n = 0; n < mesh.node_count(); ++n)
    for (int d = 0; d < 3; ++d) total[d] += c.force_n[3 * n + d];
  CHECK(total[0] == 0);
  CHECK(total[1] == doctest::Approx(12));
  CHECK(total[2] == doctest::Approx(-6));
  for (const std::uint32_t n : c.loaded_nodes) CHECK(c.force_n[3 * n + 1] == doctest::Approx(2));
  CHECK(held_count(c) == 48);
  require_supported(mesh, c);
}

TEST_CASE("a free case that moves one end along its axis reports that displacement") {
  const VoxelMesh mesh = make_block_mesh({2, 2, 3});
  LoadCaseSpec spec;
  spec.type = LoadType::free;
  NodeSetSpec low, high;
  low.name = "low";
  low.surface = "low";
  low.displacement_mm = {0.0, 0.0, 0.0};
  high.name = "high";
  high.surface = "high";
  high.displacement_mm[2] = -0.04;
  spec.node_sets = {low, high};

  const ResolvedLoadCase c = resolve_load_case(mesh, spec);

  CHECK(c.applied_displacement_mm == -0.04);
  CHECK_FALSE(c.other_loads);
  CHECK(c.loaded_nodes.size() == 9);
  spec.node_sets[1].surface = "low";
  CHECK(contains(error_of<InputError>([&] { resolve_load_case(mesh, spec); }), "'low' and 'high' prescribe different"));
}

TEST_CASE("a force is solved for one percent of the length in its own direction") {
  LoadCaseSpec spec;
  spec.force_n = -500;
  CHECK(resolve_load_case(make_block_mesh({2, 2, 4}), spec).applied_displacement_mm == doctest::Approx(-0.04));
}

TEST_CASE("load case names carry axis and direction") {
  const LoadCaseSpec shear = parse_load_type("shear_zx"), bending = parse_load_type("bending", Axis::y);
  CHECK(shear.type == LoadType::shear);
  CHECK(shear.axis == Axis::z);
  CHECK(shear.direction == Axis::x);
  CHECK(shear.name == "shear_zx");
  CHECK(bending.axis == Axis::y);
  CHECK(bending.direction == Axis::z);
  CHECK(parse_load_type("axial").axis == Axis::z);
  CHECK(parse_load_type("uniaxial_x").axis == Axis::x);
  CHECK(parse_load_type("torsion_y").type == LoadType::torsion);
  CHECK(parse_load_type("free").type == LoadType::free);
  for (const char* bad : {"", "axal", "axial_", "axial_w", "axial_zx", "shear_zz", "shear_zxy", "SHEAR_zx"}) {
    CAPTURE(bad);
    CHECK_FALSE(error_of<UsageError>([&] { parse_load_type(bad); }).empty());
  }
  CHECK(contains(error_of<UsageError>([] { parse_load_type("axial_x", Axis::z); }), "axis says z"));
}

TEST_CASE("keys that do not fit together are refused in words") {
  const VoxelMesh mesh = make_block_mesh({2, 2, 2});
  auto refusal = [&](const std::function<void(LoadCaseSpec&)>& edit) {
    LoadCaseSpec spec;
    spec.strain = -0.01;
    edit(spec);
    return error_of<UsageError>([&] { resolve_load_case(mesh, spec); });
  };
  CHECK(contains(refusal([](auto& s) { s.strain.reset(); }), "exactly one of"));
  CHECK(contains(refusal([](auto& s) { s.force_n = 5; }), "exactly one of"));
  CHECK(contains(refusal([](auto& s) { s.strain = std::nan(""); }), "finite"));
  CHECK(contains(refusal([](auto& s) { s.angle_rad = 0.1; }), "angle_rad"));
  CHECK(contains(refusal([](auto& s) { s.type = LoadType::torsion; }), "do not go with type torsion"));
  CHECK(contains(refusal([](auto& s) { s.type = LoadType::torsion, s.strain.reset(); }), "needs angle_rad"));
  CHECK(contains(refusal([](auto& s) { s.type = LoadType::shear, s.direction = Axis::z; }), "other than its axis"));
  CHECK(contains(refusal([](auto& s) { s.uniform_strain[0] = 1; }), "uniform_strain"));
  CHECK(contains(refusal([](auto& s) { s.surface_depth_mm = 1; }), "visible"));
  CHECK(contains(refusal([](auto& s) { s.type = LoadType::free, s.strain.reset(); }), "at least one node set"));

  auto set_refusal = [&](const std::function<void(NodeSetSpec&)>& edit) {
    return refusal([&](auto& s) {
      NodeSetSpec set;
      set.name = "patch";
      set.surface = "high";
      set.displacement_mm[0] = 0.0;
      edit(set);
      s.node_sets = {set};
    });
  };
  CHECK(contains(set_refusal([](auto& s) { s.surface = "top"; }), "low, high, or one of another axis"));
  CHECK(contains(set_refusal([](auto& s) { s.surface.clear(); }), "needs box_mm, surface or label"));
  CHECK(contains(set_refusal([](auto& s) { s.displacement_mm[0].reset(); }), "carries no force"));
  CHECK(contains(set_refusal([](auto& s) { s.force_n = {1, 0, 0}; }), "would do nothing"));
  CHECK(contains(set_refusal([](auto& s) { s.surface.clear(), s.box_mm = {1, 0, 0, 1, 0, 1}; }), "upwards"));

  LoadCaseSpec outside;
  outside.strain = -0.01;
  NodeSetSpec set;
  set.name = "far away";
  set.box_mm = {5, 6, 5, 6, 5, 6};
  set.force_n = {1, 0, 0};
  outside.node_sets = {set};
  CHECK(contains(error_of<InputError>([&] { resolve_load_case(mesh, outside); }), "'far away' holds no bone"));
}
