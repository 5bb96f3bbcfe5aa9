# SPDX-License-Identifier: Apache-2.0
"""Opens the time series of write_series, unfinished and finished, with readers that nobody here wrote.

The bone is that of check_result.py; a field's value says which step, voxel and component it belongs to.
Exit code 77: a package is missing (requirements.txt).
"""
import pathlib
import shutil
import sys
import tempfile

from check_result import (DIRECTION, NODES, TENSOR_COMPONENT, TENSOR_NAMES, VOXELS, arrays, h5py, np, to_voxel, value, vtk,
                          vtk_to_numpy, whole)

try:
    import pyvista
except ImportError:
    pyvista = None

STEPS = 5
DAYS = [0.5 + 1.5 * step for step in range(STEPS)]


def check_step(name, step, nodes, voxels, point_data, cell_data):
    shift = 32768.0 * step
    u = np.stack([value(nodes, c) + shift for c in range(3)], axis=1)
    difference = np.abs(point_data["Displacement"] - u @ DIRECTION.T).max()
    assert difference <= 2 * np.spacing(np.float32(np.abs(u).max() * 2)), f"{name}, step {step}: Displacement {difference}"
    strain = np.stack([value(voxels, c) + shift for c in TENSOR_COMPONENT], axis=1)
    assert np.array_equal(cell_data["Strain"], strain), f"{name}, step {step}: Strain"
    for field in ("Cells_Host", "Divisions"):
        assert np.array_equal(cell_data[field], value(voxels) + shift), f"{name}, step {step}: {field}"
    assert np.array_equal(cell_data["MaterialID"], value(voxels)), f"{name}, step {step}: MaterialID"
    expected = np.float32(0.001) * np.float32(step + 1)
    assert (cell_data["EffectiveStrain"] == expected).all(), f"{name}, step {step}: EffectiveStrain"


def check_grid(name, step, grid):
    assert grid.GetNumberOfCells() == len(VOXELS) and grid.GetNumberOfPoints() == len(NODES), f"{name}: counts"
    nodes = whole(to_voxel(vtk_to_numpy(grid.GetPoints().GetData())) + 0.5)
    corners = vtk_to_numpy(grid.GetCells().GetConnectivityArray()).reshape(-1, 8)
    voxels = nodes[corners].min(axis=1)
    assert set(map(tuple, voxels)) == VOXELS, f"{name}: cells"
    point_data, cell_data = arrays(grid.GetPointData()), arrays(grid.GetCellData())
    if "Strain" not in cell_data:  # XDMF: one scalar a component
        cell_data["Strain"] = np.stack([cell_data.pop("Strain_" + c) for c in TENSOR_NAMES], axis=1)
    check_step(name, step, nodes, voxels, point_data, cell_data)


def check_raw(path, finished):
    """The offsets, not step x n, say where a step begins."""
    with h5py.File(path) as file:
        group = file["VTKHDF"]
        steps = group["Steps"]
        assert steps.attrs["NSteps"] == STEPS and steps["Values"][:].tolist() == DAYS
        voxels = file["Osteon/element_voxel"][:]
        nodes = whole(to_voxel(group["Points"][:]) + 0.5)
        for s in range(STEPS):
            data = {}
            for location, items in (("PointData", len(nodes)), ("CellData", len(voxels))):
                offsets = steps[location + "Offsets"]
                assert set(offsets) == set(group[location]), f"{path.name}: an array lacks its offsets"
                for field in offsets:
                    assert offsets[field].dtype == np.int64
                    data[field] = group[location][field][offsets[field][s]:offsets[field][s] + items]
            check_step(path.name, s, nodes, voxels, data, data)
        history = file["Osteon/history"]
        assert np.char.decode(history.attrs["state"]) == ("finished" if finished else "running")
        assert history["scalars/movement_mm"][:].tolist() == [1 / (s + 1) for s in range(STEPS)]
        assert np.array_equal(history["scalars/odd_steps_only"][:], [np.nan, 1, np.nan, 3, np.nan], equal_nan=True)
        assert len(history["steps"].asstr()[()].splitlines()) == STEPS
        assert all(dataset.is_virtual != finished for dataset in (group["PointData/Displacement"], group["CellData/Strain"]))
    print(f"ok  {path} by h5py {h5py.__version__}")


def check_reader(reader, path, days):
    """All steps, forwards and then some out of order."""
    errors = []
    reader.AddObserver("ErrorEvent", lambda *_: errors.append(str(path)))
    reader.SetFileName(str(path))
    reader.UpdateInformation()
    times = reader.GetOutputInformation(0).Get(vtk.vtkStreamingDemandDrivenPipeline.TIME_STEPS())
    assert list(times) == days, f"{path}: {times}"
    for step in [*range(len(days)), 0, len(days) - 1, 1]:
        reader.UpdateTimeStep(days[step])
        output = reader.GetOutputDataObject(0)
        while isinstance(output, vtk.vtkCompositeDataSet):
            output = output.NewIterator().GetCurrentDataObject()
        check_grid(path.name, step, output)
    assert not errors, f"the reader of {path} reported errors"
    print(f"ok  {path} by {reader.GetClassName()} {vtk.vtkVersion.GetVTKVersion()}: {len(days)} steps")


def check_pyvista(path):
    reader = pyvista.get_reader(str(path))
    for step in (0, STEPS - 1):
        reader.reader.SetStep(step)
        reader.reader.UpdateTimeStep(DAYS[step])
        grid = reader.reader.GetOutputDataObject(0)
        check_grid(path.name, step, pyvista.wrap(grid))
    print(f"ok  {path} by pyvista {pyvista.__version__}")


def check_folder(folder, finished):
    path = folder / "result.vtkhdf"
    assert (folder / "result.steps").exists() != finished
    check_raw(path, finished)
    check_reader(vtk.vtkHDFReader(), path, DAYS)
    if pyvista:
        check_pyvista(path)
    if hasattr(vtk, "vtkXdmfReader"):
        check_reader(vtk.vtkXdmfReader(), folder / "result.xdmf", DAYS)
        check_reader(vtk.vtkXdmfReader(), folder / "lagging.xdmf", DAYS[:3])
    else:
        print("not checked: result.xdmf (this VTK has no XDMF reader)")


def main(folder):
    for name in ("running", "finished", "plain"):
        check_folder(folder / name, name != "running")
    with tempfile.TemporaryDirectory() as elsewhere:  # every path in the files is relative
        moved = pathlib.Path(elsewhere) / "moved"
        shutil.copytree(folder / "running", moved)
        check_folder(moved, False)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
