# SPDX-License-Identifier: Apache-2.0
"""Axial compression of a voxel image with an assembled matrix and PETSc's CG + GAMG; started by peer_petsc.py.

  mpirun -np 2 python3 petsc_gamg.py PROBLEM.npz RESULT.json [PETSc options]

PROBLEM.npz holds modulus_mpa (z, y, x; 0 = no element), spacing_mm (x, y, z), poisson_ratio, strain and tolerance.
Runs in the Python that has petsc4py and needs nothing else but NumPy. All nodes of both z ends are prescribed and
eliminated, so every free node keeps three unknowns: a matrix of block size 3 with the six rigid motions as near-null
space.
"""
import itertools
import json
import sys
import time

import numpy as np
import petsc4py

petsc4py.init([sys.argv[0], *sys.argv[3:]])
from petsc4py import PETSc  # noqa: E402  (after init, which takes the options)

CORNERS = np.array(list(itertools.product((0, 1), repeat=3)))  # (z, y, x)
OFFSETS = np.array(list(itertools.product((-1, 0, 1), repeat=3)))
CHUNK = 8192  # nodes whose rows are formed together: bounds the memory of the assembly


def brick_stiffness(spacing, nu):
    """24 x 24 of the trilinear brick, E = 1, exact by 2x2x2 Gauss points; corners as in CORNERS, components x y z."""
    lame, shear = nu / ((1 + nu) * (1 - 2 * nu)), 0.5 / (1 + nu)
    elasticity = np.diag([2 * shear] * 3 + [shear] * 3)
    elasticity[:3, :3] += lame
    sign = 2.0 * CORNERS[:, ::-1] - 1
    total = np.zeros((24, 24))
    for point in itertools.product((-(3 ** -0.5), 3 ** -0.5), repeat=3):
        along = 1 + sign * point
        strain = np.zeros((6, 24))
        for corner in range(8):
            x, y, z = [sign[corner, d] * np.prod(np.delete(along[corner], d)) / 4 / spacing[d] for d in range(3)]
            strain[:, 3 * corner:3 * corner + 3] = [[x, 0, 0], [0, y, 0], [0, 0, z], [y, x, 0], [0, z, y], [z, 0, x]]
        total += strain.T @ elasticity @ strain * np.prod(spacing) / 8
    return total


class Assembly:
    """Rows of the stiffness, formed node by node from the up to eight voxels around each."""

    def __init__(self, modulus, spacing, nu):
        self.modulus = np.pad(modulus, 1)  # a rim of nothing: every node has eight voxels around it
        stiffness = brick_stiffness(spacing, nu)
        self.pairs = [(a, int(np.dot(CORNERS[b] - CORNERS[a] + 1, (9, 3, 1))), stiffness[3*a:3*a+3, 3*b:3*b+3])
                      for a in range(8) for b in range(8)]
        self.grid = np.array(modulus.shape) + 1
        used = np.zeros(self.grid, bool)
        for corner in CORNERS:
            used[tuple(slice(c, c + n) for c, n in zip(corner, modulus.shape))] |= modulus > 0
        self.nodes = np.argwhere(used).astype(np.int32)
        self.elements = int((modulus > 0).sum())

    def blocks(self, nodes):
        """(n, 27, 3, 3) blocks to the neighbours in the 3^3 stencil, and which of them share a voxel with the node."""
        result = np.zeros((len(nodes), 27, 3, 3))
        linked = np.zeros((len(nodes), 27), bool)
        around = [self.modulus[tuple((nodes - corner + 1).T)].astype(float) for corner in CORNERS]
        for a, place, block in self.pairs:
            result[:, place] += around[a][:, None, None] * block
            linked[:, place] |= around[a] > 0
        return result, linked

    def neighbours(self, nodes, values, outside):
        """(n, 27, ...) entries of the node grid `values` at the neighbours; `outside` beyond the grid."""
        around = nodes[:, None, :] + OFFSETS
        inside = ((around >= 0) & (around < self.grid)).all(axis=2)
        found = values[tuple(np.where(inside[..., None], around, 0).transpose(2, 0, 1))]
        found[~inside] = outside
        return found


def owned_rows(assembly, free, number, moved_mm, low, high):
    """CSR rows of the free nodes [low, high), and their right-hand side -K u_prescribed."""
    starts, columns, values, load = [np.zeros(1, np.int64)], [], [], []
    for first in range(low, high, CHUNK):
        nodes = free[first:min(first + CHUNK, high)]
        blocks, linked = assembly.blocks(nodes)
        column = assembly.neighbours(nodes, number, -1)
        on_moved = nodes[:, None, 0] + OFFSETS[:, 0] == assembly.grid[0] - 1  # the rest is prescribed as 0
        load.append(-moved_mm * np.einsum("nki,nk->ni", blocks[..., 2], on_moved).ravel())
        kept = linked & (column >= 0)  # neighbours come in ascending order, so columns are sorted
        starts.append(starts[-1][-1] + np.cumsum(np.repeat(3 * kept.sum(axis=1), 3)))
        chosen = np.broadcast_to(kept[:, None, :, None], (len(nodes), 3, 27, 3))
        entry = 3 * column[:, None, :, None] + np.arange(3)
        columns.append(np.broadcast_to(entry, chosen.shape)[chosen].astype(PETSc.IntType))
        values.append(blocks.transpose(0, 2, 1, 3)[chosen])
    joined = [np.concatenate(part) if part else np.zeros(0) for part in (starts, columns, values, load)]
    return joined[0].astype(PETSc.IntType), joined[1].astype(PETSc.IntType), joined[2], joined[3]


def moved_mm(problem):
    """Prescribed displacement of the high end."""
    return problem["strain"] * problem["modulus_mpa"].shape[0] * problem["spacing_mm"][2]


def assemble(problem, assembly):
    """(matrix, right-hand side, free nodes) of this run; the nodes are split among the ranks in their order."""
    nodes = assembly.nodes
    free = nodes[(nodes[:, 0] > 0) & (nodes[:, 0] < assembly.grid[0] - 1)]
    number = np.full(assembly.grid, -1, np.int64)
    number[tuple(free.T)] = np.arange(len(free))
    rank, ranks = PETSc.COMM_WORLD.getRank(), PETSc.COMM_WORLD.getSize()
    low, high = rank * len(free) // ranks, (rank + 1) * len(free) // ranks
    starts, columns, values, load = owned_rows(assembly, free, number, moved_mm(problem), low, high)
    local, total = 3 * (high - low), 3 * len(free)
    matrix = PETSc.Mat().createAIJ(((local, total), (local, total)), bsize=3, csr=(starts, columns, values),
                                   comm=PETSc.COMM_WORLD)
    matrix.setOption(PETSc.Mat.Option.SPD, True)
    coordinates = free[low:high, ::-1] * np.asarray(problem["spacing_mm"])
    vector = PETSc.Vec().createMPI((local, total), bsize=3, comm=PETSc.COMM_WORLD)
    vector.setArray(coordinates.ravel())
    matrix.setNearNullSpace(PETSc.NullSpace().createRigidBody(vector))
    right = vector.duplicate()
    right.setArray(load)
    return matrix, right, free


def peak_mb(reset=False):
    """Largest resident set since the last reset, MB; None where the system does not tell."""
    try:
        if reset:
            with open("/proc/self/clear_refs", "w") as file:
                file.write("5")
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) * 1024 / 1e6 for line in file if line.startswith("VmHWM"))
    except OSError:
        return None


def timed(action):
    """Wall seconds between two barriers."""
    PETSc.COMM_WORLD.barrier()
    start = time.monotonic()
    action()
    PETSc.COMM_WORLD.barrier()
    return time.monotonic() - start


def make_solver(matrix, tolerance):
    solver = PETSc.KSP().create(PETSc.COMM_WORLD)
    solver.setOperators(matrix)
    solver.setType("cg")
    solver.setNormType(PETSc.KSP.NormType.UNPRECONDITIONED)
    solver.getPC().setType("gamg")
    solver.setTolerances(rtol=tolerance, atol=0.0, max_it=20000)
    solver.setFromOptions()
    return solver


def force_on_high_end(assembly, problem, free, solution):
    """Sum of K u along z over the moved face, on rank 0 (others: 0)."""
    scatter, whole = PETSc.Scatter.toZero(solution)
    scatter.scatter(solution, whole, addv=PETSc.InsertMode.INSERT_VALUES, mode=PETSc.ScatterMode.FORWARD)
    if PETSc.COMM_WORLD.getRank() != 0:
        return 0.0
    moved = np.zeros((*assembly.grid, 3))
    moved[-1, ..., 2] = moved_mm(problem)
    moved[tuple(free.T)] = whole.getArray().reshape(-1, 3)
    face = assembly.nodes[assembly.nodes[:, 0] == assembly.grid[0] - 1]
    blocks, _ = assembly.blocks(face)
    return float(np.einsum("nkj,nkj->", blocks[:, :, 2], assembly.neighbours(face, moved, 0.0)))


def gathered(value):
    """The values of all ranks, through a PETSc vector: mpi4py is not needed."""
    vector = PETSc.Vec().createMPI((1, PETSc.DETERMINE), comm=PETSc.COMM_WORLD)
    vector.setArray([np.nan if value is None else value])
    scatter, whole = PETSc.Scatter.toAll(vector)
    scatter.scatter(vector, whole, addv=PETSc.InsertMode.INSERT_VALUES, mode=PETSc.ScatterMode.FORWARD)
    return [None if np.isnan(v) else float(v) for v in whole.getArray()]


def solve(matrix, right, tolerance):
    """(solution, what the solver did, in the keys of the answer)."""
    solver, solution = make_solver(matrix, tolerance), right.duplicate()
    solution.set(0.0)
    setup_s = timed(solver.setUp)
    solve_s = timed(lambda: solver.solve(right, solution))
    memory_mb = gathered(peak_mb())
    residual = right.duplicate()
    matrix.mult(solution, residual)
    residual.aypx(-1.0, right)
    levels = solver.getPC().getMGLevels() if solver.getPC().getType() in ("gamg", "mg") else 1
    return solution, {"levels": levels, "iterations": solver.getIterationNumber(),
                      "reason": int(solver.getConvergedReason()), "relative_residual": residual.norm() / right.norm(),
                      "nonzeros": int(matrix.getInfo(PETSc.Mat.InfoType.GLOBAL_SUM)["nz_used"]),
                      "setup_s": setup_s, "solve_s": solve_s, "memory_per_rank_mb": memory_mb}


def read_problem(path):
    with np.load(path) as file:
        problem = {key: file[key] for key in file.files}
    problem.update({key: float(problem[key]) for key in ("poisson_ratio", "strain", "tolerance")})
    problem["spacing_mm"] = [float(h) for h in problem["spacing_mm"]]
    return problem


def main():
    base_mb, problem, start = gathered(peak_mb()), read_problem(sys.argv[1]), time.monotonic()
    assembly = Assembly(problem["modulus_mpa"], problem["spacing_mm"], problem["poisson_ratio"])
    matrix, right, free = assemble(problem, assembly)
    PETSc.COMM_WORLD.barrier()
    assembly_s, assembly_mb = time.monotonic() - start, gathered(peak_mb())
    peak_mb(reset=True)  # from here on: the matrix, the hierarchy and the solver, not our assembly in NumPy
    solution, result = solve(matrix, right, problem["tolerance"])
    reaction = force_on_high_end(assembly, problem, free, solution)
    if PETSc.COMM_WORLD.getRank() == 0:
        result.update(version=".".join(map(str, PETSc.Sys.getVersion())), ranks=PETSc.COMM_WORLD.getSize(),
                      elements=assembly.elements, dof=3 * len(assembly.nodes), free_dof=3 * len(free),
                      assembly_s=assembly_s, python_per_rank_mb=base_mb, assembly_per_rank_mb=assembly_mb,
                      reaction_n=reaction)
        with open(sys.argv[2], "w") as file:
            json.dump(result, file)


if __name__ == "__main__":
    main()
