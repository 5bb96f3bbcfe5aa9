# SPDX-License-Identifier: Apache-2.0
"""Opens results in ParaView's own python and compares what it sees with the raw HDF5 datasets and the CSV tables.

    check_paraview.sh FOLDER              the example of write_example, all fields also against their formula
    check_paraview.sh RESULT PICTURE.png  any result (.vtkhdf or an exported .vtu) with what `osteon export --csv` wrote
                                          beside it, and a picture coloured by risk factor

Exit code 77: this python has no ParaView module or no numpy. h5py is used where there is one.
"""
import csv
import pathlib
import sys
import tempfile

try:
    import numpy as np
    from paraview import simple, servermanager
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkCommonCore import vtkOutputWindow
    from vtkmodules.vtkIOImage import vtkPNGReader
except ImportError as error:
    print(f"skipped: {error}; see tests/readback/check_paraview.sh")
    sys.exit(77)
try:
    import h5py
except ImportError:
    h5py = None

VERSION = simple.GetParaViewVersion()
TENSOR_NAMES = ["XX", "YY", "ZZ", "XY", "YZ", "XZ"]
HEXAHEDRON = 12
errors = []


def open_result(path, scratch):
    """Readers before 5.12 know the format by the name .hdf only."""
    if path.suffix == ".vtkhdf" and (VERSION.major, VERSION.minor) < (5, 12):
        link = pathlib.Path(scratch) / (path.stem + ".hdf")
        link.symlink_to(path.resolve())
        path = link
    reader = simple.OpenDataFile(str(path))
    reader.UpdatePipeline()
    return reader


def arrays(attributes):
    found = [attributes.GetArray(i) for i in range(attributes.GetNumberOfArrays())]
    return {array.GetName(): vtk_to_numpy(array) for array in found}


def check_raw(file, grid, point_data, cell_data):
    group = file["VTKHDF"]
    assert np.array_equal(vtk_to_numpy(grid.GetPoints().GetData()), group["Points"][:]), "points"
    cells = vtk_to_numpy(grid.GetCells().GetConnectivityArray())
    assert np.array_equal(cells, group["Connectivity"][:]), "corners of the cells"
    for name, data in (("PointData", point_data), ("CellData", cell_data)):
        assert set(group[name]) <= set(data), f"ParaView lacks a field of {sorted(group[name])}: it has {sorted(data)}"
        for field, dataset in group[name].items():
            assert np.array_equal(data[field], dataset[:]), f"{field} differs from the dataset"


def check_table(path, positions, data, component_names):
    """A CSV table: positions, every field, and the names of the components, column by column."""
    with open(path, newline="") as file:
        columns = [name.split(" [")[0] for name in next(csv.reader(file))]
    table = np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2)
    xyz = table[:, [columns.index(axis) for axis in "xyz"]]
    assert np.abs(xyz - positions).max() < 1e-6 * np.abs(positions).max(), f"{path.name}: positions"
    for field, values in data.items():
        width = values.shape[1] if values.ndim == 2 else 1
        chosen = [i for i, c in enumerate(columns) if (c.startswith(field + "_") if width > 1 else c == field)]
        values = values.reshape(-1, width)
        assert np.array_equal(table[:, chosen].astype(values.dtype), values), f"{path.name}: {field}"
        if width == 6 or field == "Displacement":
            names = [columns[i][len(field) + 1:].upper() for i in chosen]
            assert names == component_names(field, width), f"{path.name}: components of {field}"


def check_filters(reader, grid, field, values):
    """Threshold keeps the cells it should; a warp moves every point by the displacement."""
    limit = 1.0 if field.startswith("RiskFactor") else float(np.median(values))
    threshold = simple.Threshold(Input=reader, Scalars=["CELLS", field], UpperThreshold=limit,
                                 ThresholdMethod="Above Upper Threshold")
    kept = servermanager.Fetch(threshold)
    expected = np.sort(values[values >= limit])
    assert 0 < len(expected) < len(values), f"threshold {limit} tells no cells apart"
    assert np.array_equal(np.sort(arrays(kept.GetCellData())[field]), expected), "threshold"

    points = vtk_to_numpy(grid.GetPoints().GetData()).astype(float)
    u = arrays(grid.GetPointData())["Displacement"]
    scale = 0.1 * np.ptp(points, axis=0).max() / np.abs(u).max()
    warp = servermanager.Fetch(simple.WarpByVector(Input=reader, Vectors=["POINTS", "Displacement"], ScaleFactor=scale))
    moved = vtk_to_numpy(warp.GetPoints().GetData())
    assert np.abs(moved - (points + scale * u)).max() < 1e-6 * np.abs(points).max(), "warp"
    share = 100 * len(expected) / len(values)
    print(f"    {field} >= {limit:g} in {len(expected)} cells ({share:.2f} %); warped by {scale:.3g} x Displacement")


def check_example(points, cells, point_data, cell_data):
    """Fields of the example against their formula, as in check_result.py: (i,j,k) . (1,32,1024) + component / 8."""
    turn_z, turn_x = np.pi / 6, np.pi / 9
    about_x = [[1, 0, 0], [0, np.cos(turn_x), -np.sin(turn_x)], [0, np.sin(turn_x), np.cos(turn_x)]]
    about_z = [[np.cos(turn_z), -np.sin(turn_z), 0], [np.sin(turn_z), np.cos(turn_z), 0], [0, 0, 1]]
    direction = np.array(about_x) @ np.array(about_z)
    nodes = np.rint((points - [-12.5, 7.25, 100.0]) @ direction / [0.1, 0.25, 0.4] + 0.5)
    weights = np.array([1.0, 32.0, 1024.0])
    u = (nodes @ weights)[:, None] + np.arange(3) / 8
    u[1, 1] = 0.1  # the writer's one value that no float holds
    # Solved along the image axes, stored in patient space like the points.
    difference = np.abs(point_data["Displacement"] - u @ direction.T).max()
    assert difference < 1e-13 * np.abs(u).max(), "formula of Displacement"
    base = nodes[cells].min(axis=1) @ weights
    assert np.array_equal(cell_data["StrainEnergyDensity"], base), "formula of StrainEnergyDensity"
    assert np.array_equal(cell_data["MaterialID"], base), "formula of MaterialID"
    # Solved as xx yy zz yz zx xy; ParaView calls its columns XX YY ZZ XY YZ XZ.
    assert np.array_equal(cell_data["Strain"], base[:, None] + np.array([0, 1, 2, 5, 3, 4]) / 8), "formula of Strain"


def check_picture(path):
    """Something is drawn in the middle, away from colour bar and axes, and nothing is cut off."""
    reader = vtkPNGReader()
    reader.SetFileName(str(path))
    reader.Update()
    image = reader.GetOutput()
    width, height = image.GetDimensions()[:2]
    pixels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, -1)
    drawn = (pixels[..., :3] < 250).any(axis=2)
    assert drawn[height // 4:3 * height // 4, width // 4:3 * width // 4].mean() > 0.01, "the picture is empty"
    assert not (drawn[[0, -1]].any() or drawn[:, [0, -1]].any()), "the picture is cut off"


def draw(reader, field, values, path):
    view = simple.CreateView("RenderView", ViewSize=[1200, 900], UseColorPaletteForBackground=0, Background=[1, 1, 1],
                             OrientationAxesLabelColor=[0, 0, 0], CameraParallelProjection=1)
    display = simple.Show(reader, view)
    simple.ColorBy(display, ("CELLS", field))
    colours = simple.GetColorTransferFunction(field)
    colours.RescaleTransferFunction(0.0, 2.0 if field.startswith("RiskFactor") else float(values.max()))
    display.SetScalarBarVisibility(view, True)
    bar = simple.GetScalarBar(colours, view)
    bar.TitleColor = bar.LabelColor = [0, 0, 0]
    simple.ResetCamera(view)
    centre = np.array(view.CameraFocalPoint)
    view.CameraPosition = list(centre + np.array([1.0, -2.0, 0.8]) * view.CameraParallelScale * 3)
    view.CameraViewUp = [0, 0, 1]
    simple.ResetCamera(view)
    view.CameraParallelScale *= 1.25
    simple.SaveScreenshot(str(path), view)
    check_picture(path)


def check(path, raw, tables, picture, example=False):
    """One file: ParaView's counts, bounds, corners and fields against the references, two filters, one picture."""
    with tempfile.TemporaryDirectory() as scratch:
        reader = open_result(path, scratch)
        grid = servermanager.Fetch(reader)
        assert not errors and grid.GetNumberOfCells() > 0, f"ParaView reads no cells: {errors}"
        points = vtk_to_numpy(grid.GetPoints().GetData()).astype(float)
        cells = vtk_to_numpy(grid.GetCells().GetConnectivityArray()).reshape(-1, 8)
        point_data, cell_data = arrays(grid.GetPointData()), arrays(grid.GetCellData())
        information = reader.GetDataInformation()
        assert (information.GetNumberOfCells(), information.GetNumberOfPoints()) == (len(cells), len(points)), "counts"
        assert {grid.GetCellType(c) for c in range(len(cells))} == {HEXAHEDRON}, "cell types"
        bounds = np.stack([points.min(axis=0), points.max(axis=0)], axis=1).ravel()
        assert np.allclose(information.GetBounds(), bounds), "bounds"
        if raw is not None:
            with h5py.File(raw) as file:
                check_raw(file, grid, point_data, cell_data)

        def component_names(field, width):
            side = reader.CellData if field in cell_data else reader.PointData
            return [side[field].GetComponentName(i).upper() for i in range(width)]

        for field, values in cell_data.items():
            if values.ndim == 2 and values.shape[1] == 6:
                assert component_names(field, 6) == TENSOR_NAMES, f"ParaView's names of the components of {field}"
        if tables is not None:
            check_table(tables[0], points[cells].mean(axis=1), cell_data, component_names)
            check_table(tables[1], points, point_data, component_names)
        if example:
            check_example(points, cells, point_data, cell_data)
        field = next((f for f in ("RiskFactor_ees", "RiskFactor_pstrain") if f in cell_data), "StrainEnergyDensity")
        check_filters(reader, grid, field, cell_data[field])
        draw(reader, field, cell_data[field], picture)
    assert not errors, f"ParaView reported: {errors}"
    print(f"ok  {path.name}: {len(cells)} cells, {len(points)} points, bounds {np.round(bounds, 4).tolist()}, "
          f"{sorted(point_data) + sorted(cell_data)}")


def main(arguments):
    if len(arguments) != (1 if arguments and pathlib.Path(arguments[0]).is_dir() else 2):
        sys.exit("usage: check_paraview.sh FOLDER | RESULT PICTURE.png")
    path = pathlib.Path(arguments[0])
    if path.is_dir():
        tables = (path / "cells.csv", path / "points.csv")
        for name in ("result.vtkhdf", "plain.vtkhdf", "result.vtu"):
            if name == "result.vtu" and not (path / name).exists():
                print(f"not checked: {name} (Osteon built without VTK)")
                continue
            raw = (path / name).with_suffix(".vtkhdf") if h5py else None
            check(path / name, raw, tables, path / f"{name}.png", example=True)
        return
    tables = [path.with_name(path.stem + part) for part in ("_cells.csv", "_points.csv")]
    tables = tables if all(table.exists() for table in tables) else None
    raw = path.with_suffix(".vtkhdf")
    raw = raw if h5py and raw.exists() else None
    assert raw or tables, f"nothing to compare {path} with: run osteon export --csv"
    check(path, raw, tables, pathlib.Path(arguments[1]))


if __name__ == "__main__":
    window = vtkOutputWindow.GetInstance()
    window.AddObserver("ErrorEvent", lambda *event: errors.append(event[-1]))
    print(f"ParaView {VERSION}, h5py {h5py.__version__ if h5py else 'absent'}, numpy {np.__version__}")
    main(sys.argv[1:])
