// SPDX-License-Identifier: Apache-2.0
// The assembled stiffness against the dense sum of element matrices, in both layouts, and against the voxel path.
#include <doctest/doctest.h>
#include <omp.h>

#include <cstring>

#include "assembled_models.hpp"
#include "assembled_operator.hpp"
#include "fine_operator.hpp"
#include "osteon/core/error.hpp"
#include "support/solve_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

Eigen::MatrixXd dense(const AssembledOperator& op) {
  const std::vector<double> values = op.values_to_host();
  const long size = 3 * long{op.node_count()};
  Eigen::MatrixXd k = Eigen::MatrixXd::Zero(size, size);
  for (std::uint32_t row = 0; row < op.node_count(); ++row)
    for (std::int64_t b = op.graph().begin(row); b < op.graph().end(row); ++b)
      for (long e = 0; e < 9; ++e)
        k(3 * long{row} + e / 3, 3 * long{op.graph().column[static_cast<std::size_t>(b)]} + e % 3) =
            values[static_cast<std::size_t>(9 * b + e)];
  return k;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

constexpr AssemblyLayout k_layouts[] = {AssemblyLayout::chunks, AssemblyLayout::entries};

/// The GPU assembles by entries alone.
bool takes(const Device& device, AssemblyLayout layout) {
  return device.kind() != DeviceKind::cuda || layout == AssemblyLayout::entries;
}

}  // namespace

TEST_CASE("assembled rows are the dense sum of the element matrices of all types, laws, axes and moduli") {
  const auto device = make_test_device();
  const MeshModel model = mixed_model();
  REQUIRE(model.mesh.blocks.size() == 5);
  const Eigen::MatrixXd expected = dense_stiffness(model);
  for (const AssemblyLayout layout : k_layouts) {
    if (!takes(*device, layout)) continue;
    const AssembledOperator op(*device, model.problem(), layout);
    const Eigen::MatrixXd k = dense(op);
    CHECK((k - expected).norm() < 1e-14 * expected.norm());
    CHECK((k - k.transpose()).norm() < 1e-15 * k.norm());
    for (std::uint32_t row = 0; row < op.node_count(); ++row)
      for (std::int64_t b = op.graph().begin(row) + 1; b < op.graph().end(row); ++b)
        REQUIRE(op.graph().column[static_cast<std::size_t>(b - 1)] < op.graph().column[static_cast<std::size_t>(b)]);
  }
}

TEST_CASE("products with the assembled stiffness are the dense ones; rigid motions of the mesh have no force") {
  const auto device = make_test_device();
  const MeshModel model = mixed_model();
  AssembledOperator op(*device, model.problem());
  const Eigen::MatrixXd k = dense_stiffness(model);
  const long n = k.rows();
  std::vector<double> x(static_cast<std::size_t>(7 * n));
  for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
    const Eigen::Vector3d at(&model.mesh.position_mm[i / 3 * 3]);
    for (std::size_t motion = 0; motion < 6; ++motion) {
      const Eigen::Vector3d axis = Eigen::Vector3d::Unit(static_cast<long>(motion % 3));
      const Eigen::Vector3d u = motion < 3 ? axis : Eigen::Vector3d(axis.cross(at));
      x[motion * static_cast<std::size_t>(n) + i] = u[static_cast<long>(i % 3)];
    }
    x[6 * static_cast<std::size_t>(n) + i] = std::sin(3.1 * static_cast<double>(i));
  }
  Buffer<double> in(*device, x), out(*device, x.size()), dots(*device, 7);
  op.apply_dot(7, in.data(), out.data(), dots.data());
  const std::vector<double> y = out.to_host();
  for (long c = 0; c < 7; ++c) {
    const Eigen::Map<const Eigen::VectorXd> own(x.data() + c * n, n), force(y.data() + c * n, n);
    if (c < 6)
      CHECK(force.norm() < 1e-12 * k.norm() * own.norm());
    else
      CHECK((force - k * own).norm() < 1e-14 * k.norm() * own.norm());
    CHECK(std::abs(dots.to_host()[static_cast<std::size_t>(c)] - own.dot(force)) < 1e-13 * own.norm() * force.norm());
  }
  CHECK(op.applications() == 1);
  const std::vector<float> single(x.begin() + 6 * n, x.end());
  Buffer<float> in_f32(*device, single), out_f32(*device, single.size());
  op.apply(in_f32.data(), out_f32.data());
  const std::vector<float> y_f32 = out_f32.to_host();
  const Eigen::VectorXd expected = k * Eigen::Map<const Eigen::VectorXd>(x.data() + 6 * n, n);
  CHECK((Eigen::Map<const Eigen::VectorXf>(y_f32.data(), n).cast<double>() - expected).norm() < 2e-6 * expected.norm());
  // r -= K d, and nothing else without a diagonal
  Buffer<float> residual(*device, std::vector<float>(single.size(), 0)), scratch(*device, single.size());
  op.smooth(1, kernels::NodeStep<float>{in_f32.data(), scratch.data(), residual.data(), nullptr, nullptr, 0, 0});
  const std::vector<float> r = residual.to_host();
  CHECK((Eigen::Map<const Eigen::VectorXf>(r.data(), n).cast<double>() + expected).norm() < 2e-6 * expected.norm());
  // The cycle's copy is the same rounded once.
  const auto f32 = op.matrix_f32();
  std::vector<float> rounded(9 * op.graph().column.size());
  device->copy_to_host(rounded.data(), f32.values, rounded.size() * sizeof(float));
  const std::vector<double> values = op.values_to_host();
  bool all = true;
  for (std::size_t i = 0; i < values.size(); ++i) all = all && rounded[i] == static_cast<float>(values[i]);
  CHECK(all);
}

TEST_CASE("assembly has the same bits for any number of threads, and again when moduli come back") {
  const auto device = make_test_device();
  MeshModel model = uniform_model(block_mesh(ElementType::tet10, 5, 1.0, 0.2), 1, 0.3);
  std::vector<float>& modulus = model.modulus_mpa[0];
  for (std::size_t i = 0; i < modulus.size(); ++i) modulus[i] = 1000 + static_cast<float>(i % 97);
  const int threads = omp_get_max_threads();
  for (const AssemblyLayout layout : k_layouts) {
    if (!takes(*device, layout)) continue;
    omp_set_num_threads(1);
    AssembledOperator op(*device, model.problem(), layout);
    REQUIRE(op.node_count() > 1024);  // several chunks
    const std::vector<double> first = op.values_to_host();
    for (const int many : {2, 3}) {
      omp_set_num_threads(many);
      CHECK(same_bits(AssembledOperator(*device, model.problem(), layout).values_to_host(), first));
    }
    op.matrix_f32();
    op.set_moduli(0, std::vector<float>(modulus.size(), 500));
    op.assemble();
    CHECK_FALSE(same_bits(op.values_to_host(), first));
    op.set_moduli(0, modulus);
    op.assemble();
    CHECK(same_bits(op.values_to_host(), first));
    float renewed = 0;
    device->copy_to_host(&renewed, op.matrix_f32().values, sizeof renewed);
    CHECK(renewed == static_cast<float>(first[0]));
  }
  omp_set_num_threads(threads);
}

TEST_CASE("voxels as hex8 elements have the voxel path's forces") {
  const auto device = make_test_device();
  VoxelImage labels;
  labels.geometry.size = {5, 4, 6};
  labels.geometry.spacing_mm = {0.06, 0.09, 0.11};
  for (int i = 0; i < 120; ++i) labels.values.push_back(i * 7 % 5 == 0 ? 0.f : 1.f);
  const ElasticModel voxels = model_of(labels, {isotropic_material(6829)});
  constexpr int k_vtk[8] = {0, 1, 3, 2, 4, 5, 7, 6};
  MeshModel model;
  model.palette = {unit_law(voxels.material.palette[0])};
  for (const Index3& p : voxels.mesh->node_positions())
    for (int d = 0; d < 3; ++d) model.mesh.position_mm.push_back(labels.geometry.spacing_mm[d] * p[d]);
  ElementBlock block;
  block.type = ElementType::hex8;
  for (std::uint32_t e = 0; e < voxels.mesh->element_count(); ++e) {
    std::uint32_t nodes[8];
    voxels.mesh->element_nodes(e, nodes);
    for (const int corner : k_vtk) block.nodes.push_back(nodes[corner]);
  }
  model.mesh.blocks = {block};
  model.modulus_mpa = {voxels.material.modulus_mpa};
  model.law = {{}};
  model.axes = {{}};
  AssembledOperator assembled(*device, model.problem());
  FineOperator matrix_free(*device, problem_of(voxels));
  REQUIRE(assembled.node_count() == matrix_free.node_count());
  std::vector<double> x(assembled.dof_count());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(2.3 * static_cast<double>(i));
  Buffer<double> in(*device, x), a(*device, x.size()), b(*device, x.size());
  assembled.apply(in.data(), a.data());
  matrix_free.apply(in.data(), b.data());
  const std::vector<double> one = a.to_host(), other = b.to_host();
  const Eigen::Map<const Eigen::VectorXd> va(one.data(), static_cast<long>(x.size())),
      vb(other.data(), static_cast<long>(x.size()));
  CHECK((va - vb).norm() < 1e-13 * vb.norm());
}

TEST_CASE("a node that shares elements with more than 65535 others is refused in words") {
  MeshModel model;
  ElementBlock block;
  block.type = ElementType::tet4;
  for (std::uint32_t i = 0; i < 22000; ++i)
    for (const std::uint32_t node : {0u, 3 * i + 1, 3 * i + 2, 3 * i + 3}) block.nodes.push_back(node);
  model.mesh.position_mm.resize(std::size_t{3} * (3 * 22000 + 1));
  model.mesh.blocks = {block};
  model.palette = {unit_law(isotropic_elasticity(1, 0.3))};
  model.modulus_mpa = {std::vector<float>(22000, 1)};
  model.law = {{}};
  model.axes = {{}};
  const auto device = make_test_device();
  CHECK_THROWS_AS(AssembledOperator(*device, model.problem()), InputError);
}
