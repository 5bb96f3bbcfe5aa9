// SPDX-License-Identifier: Apache-2.0
// Orchestration on unstructured meshes: renumbering, reuse of the hierarchy, batches of systems.
#include "osteon/solve/assembled_solver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "assembled_operator.hpp"
#include "block_cg.hpp"
#include "constraint_list.hpp"
#include "graph_multigrid.hpp"
#include "node_tree.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

/// Nodes per aggregate at most; more make the first coarse level cheaper and take more iterations (README).
constexpr std::uint32_t k_box_nodes = 64;

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// The problem with its nodes in the order of the boxes; moduli, laws and axes are those of the caller.
class RenumberedProblem {
 public:
  explicit RenumberedProblem(const MeshProblem& problem) : tree_(split_nodes(*problem.position_mm, k_box_nodes)) {
    const std::size_t nodes = tree_.order.size();
    place_.resize(nodes);
    for (std::uint32_t i = 0; i < nodes; ++i) place_[tree_.order[i]] = i;
    position_ = to_boxes(*problem.position_mm, 3);
    problem_ = problem;
    problem_.position_mm = &position_;
    connectivity_.resize(problem.elements.size());
    for (std::size_t t = 0; t < problem.elements.size(); ++t) {
      connectivity_[t].reserve(problem.elements[t].nodes->size());
      for (const std::uint32_t node : *problem.elements[t].nodes) {
        if (node >= nodes)
          throw InputError(fmt::format("an element has node {} (from 0), but the mesh has {} nodes", node, nodes));
        connectivity_[t].push_back(place_[node]);
      }
      problem_.elements[t].nodes = &connectivity_[t];
    }
  }
  RenumberedProblem(const RenumberedProblem&) = delete;
  RenumberedProblem& operator=(const RenumberedProblem&) = delete;

  const MeshProblem& problem() const { return problem_; }
  const std::vector<std::uint32_t>& box_start() const { return tree_.start; }
  void set_moduli(std::size_t type, const std::vector<float>& modulus_mpa) {
    problem_.elements[type].modulus_mpa = &modulus_mpa;
  }

  /// `size` values per node, from the caller's order and back.
  template <class Value>
  std::vector<Value> to_boxes(const std::vector<Value>& values, std::size_t size) const {
    std::vector<Value> out(values.size());
    for (std::size_t i = 0; i < tree_.order.size(); ++i)
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(size * tree_.order[i]), size,
                  out.begin() + static_cast<std::ptrdiff_t>(size * i));
    return out;
  }
  std::vector<double> from_boxes(const std::vector<double>& values) const {
    std::vector<double> out(values.size());
    for (std::size_t i = 0; i < tree_.order.size(); ++i)
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(3 * i), 3,
                  out.begin() + static_cast<std::ptrdiff_t>(3) * tree_.order[i]);
    return out;
  }
  NodeValues to_boxes(const NodeValues& values) const {
    std::vector<std::pair<std::uint32_t, std::size_t>> moved;
    for (std::size_t i = 0; i < values.nodes().size(); ++i) moved.emplace_back(place_[values.nodes()[i]], i);
    std::sort(moved.begin(), moved.end());
    NodeValues out;
    for (const auto& [node, i] : moved)
      for (int c = 0; c < 3; ++c) out.set(node, c, values.values()[3 * i + static_cast<std::size_t>(c)]);
    return out;
  }

 private:
  NodeTree tree_;
  std::vector<std::uint32_t> place_;  ///< in the boxes, of the caller's nodes
  std::vector<double> position_;
  std::vector<std::vector<std::uint32_t>> connectivity_;
  MeshProblem problem_;
};

/// A system in the order of the boxes.
struct MovedSystem {
  NodeValues prescribed;
  std::vector<double> force, initial;
  LinearSystem system;

  MovedSystem(const LinearSystem& from, const std::vector<std::uint8_t>& constrained, const RenumberedProblem& boxes) {
    prescribed = boxes.to_boxes(*from.prescribed_mm);
    system.constrained = &constrained;
    system.prescribed_mm = &prescribed;
    if (from.force_n != nullptr) {
      force = boxes.to_boxes(*from.force_n, 3);
      system.force_n = &force;
    }
    if (from.initial_mm != nullptr) {
      initial = boxes.to_boxes(*from.initial_mm, 3);
      system.initial_mm = &initial;
    }
  }
  MovedSystem(const MovedSystem&) = delete;
  MovedSystem& operator=(const MovedSystem&) = delete;
};

}  // namespace

struct AssembledSolver::Impl {
  Device& device;
  SolverSettings settings;
  Clock::time_point started = Clock::now();
  RenumberedProblem boxes;
  AssembledOperator stiffness;
  double assembly_s;

  std::vector<std::uint8_t> constrained;  ///< set the hierarchy was built for, in the order of the boxes
  ConstraintList constraints;
  std::unique_ptr<PreconditionerOperator> preconditioner;
  bool moduli_changed = false;

  Impl(Device& device_in, const MeshProblem& problem, const SolverSettings& settings_in)
      : device(device_in),
        settings(settings_in),
        boxes(problem),
        stiffness(device, boxes.problem()),
        assembly_s(seconds_since(started)) {
    OSTEON_ASSERT(settings.preconditioner == Preconditioner::multigrid);
  }

  SetUp prepare(std::vector<std::uint8_t> mask, Monitor& monitor) {
    if (preconditioner != nullptr && !moduli_changed && mask == constrained) return SetUp::kept;
    preconditioner.reset();  // before the new one is built: both together might not fit
    if (moduli_changed) {
      const auto start = Clock::now();
      stiffness.assemble();
      assembly_s = seconds_since(start);
      moduli_changed = false;
    }
    constrained = std::move(mask);
    constraints = ConstraintList(device, constrained);
    preconditioner =
        make_graph_multigrid(stiffness, boxes.problem(), boxes.box_start(), constrained, settings, monitor);
    return SetUp::built;
  }

  void solve_together(const LinearSystem* systems, LinearSolution* solutions, std::size_t count, Monitor& monitor) {
    const auto start = Clock::now();
    const SetUp done = prepare(boxes.to_boxes(*systems[0].constrained, 1), monitor);
    const double setup_s = seconds_since(start);
    for (std::size_t i = 0; i < count; ++i) {  // the set-up is the first one's, the others share it
      SolveReport& report = solutions[i].report;
      report.setup = i == 0 ? done : SetUp::kept;
      report.setup_s = i == 0 ? setup_s : 0;
      report.method = "CG (fp64) + " + preconditioner->description();
      report.level_dof = preconditioner->level_dof();
      report.solved_together = static_cast<int>(count);
    }
    const auto solving = Clock::now();
    BlockCg cg(stiffness, constraints.view(), settings, static_cast<int>(count), nullptr);
    std::vector<std::unique_ptr<MovedSystem>> moved;
    for (std::size_t i = 0; i < count; ++i) {
      moved.push_back(std::make_unique<MovedSystem>(systems[i], constrained, boxes));
      cg.add(moved.back()->system, solutions[i]);
    }
    const auto leave = [&] {
      for (std::size_t i = 0; i < count; ++i) {
        solutions[i].report.solve_s = seconds_since(solving) / static_cast<double>(count);
        if (!solutions[i].displacement_mm.empty())
          solutions[i].displacement_mm = boxes.from_boxes(solutions[i].displacement_mm);
      }
    };
    try {
      cg.run(*preconditioner, monitor);
    } catch (const Interrupted&) {  // some may be done
      leave();
      throw;
    }
    leave();
  }
};

AssembledSolver::AssembledSolver(Device& device, const MeshProblem& problem, const SolverSettings& settings)
    : impl_(std::make_unique<Impl>(device, problem, settings)) {}

AssembledSolver::~AssembledSolver() = default;

std::vector<double> AssembledSolver::solve(const LinearSystem& system, SolveReport& report, Monitor& monitor) {
  std::vector<LinearSolution> solutions;
  solve(std::vector<LinearSystem>{system}, solutions, monitor);
  report = std::move(solutions[0].report);
  return std::move(solutions[0].displacement_mm);
}

void AssembledSolver::solve(const std::vector<LinearSystem>& systems, std::vector<LinearSolution>& solutions,
                            Monitor& monitor) {
  for (const LinearSystem& system : systems)
    if (*system.constrained != *systems[0].constrained)
      throw InternalError("systems that are solved together must have the same prescribed degrees of freedom");
  solutions.assign(systems.size(), LinearSolution{});
  const std::size_t most =
      static_cast<std::size_t>(impl_->settings.block_columns > 0 ? impl_->settings.block_columns : k_most_columns);
  for (std::size_t first = 0; first < systems.size(); first += most)
    impl_->solve_together(systems.data() + first, solutions.data() + first, std::min(most, systems.size() - first),
                          monitor);
}

void AssembledSolver::set_moduli(std::size_t type, const std::vector<float>& modulus_mpa) {
  impl_->boxes.set_moduli(type, modulus_mpa);
  impl_->stiffness.set_moduli(type, modulus_mpa);
  impl_->moduli_changed = true;
}

std::vector<double> AssembledSolver::apply_stiffness(const std::vector<double>& u) {
  Impl& s = *impl_;
  Buffer<double> x(s.device, s.boxes.to_boxes(u, 3)), y(s.device, u.size());
  s.stiffness.apply(x.data(), y.data());
  return s.boxes.from_boxes(y.to_host());
}

double AssembledSolver::assembly_s() const { return impl_->assembly_s; }

}  // namespace osteon
