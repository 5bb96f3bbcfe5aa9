# SPDX-License-Identifier: Apache-2.0
"""Opens the files of write_example with readers that nobody here wrote and compares them with values computed here.

The example is an L of 19 x 7 x 12 voxels on an anisotropic, shifted, turned grid; a field's value says which voxel and
component it belongs to. Nothing is taken from the C++ code but these numbers, so a flipped axis or corner shows.
Exit code 77: a package is missing (requirements.txt).
"""
import csv
import pathlib
import sys

try:
    import h5py
    import nibabel
    import numpy as np
    import vtk
    from vtk.util.numpy_support import vtk_to_numpy
except ImportError as error:
    print(f"skipped: {error}; see tests/readback/requirements.txt")
    sys.exit(77)

SIZE = np.array([19, 7, 12])
SPACING = np.array([0.1, 0.25, 0.4])
ORIGIN = np.array([-12.5, 7.25, 100.0])  # LPS, centre of voxel 0,0,0
TURN_Z, TURN_X = np.pi / 6, np.pi / 9
DIRECTION = np.array([[1, 0, 0], [0, np.cos(TURN_X), -np.sin(TURN_X)], [0, np.sin(TURN_X), np.cos(TURN_X)]]) @ np.array(
    [[np.cos(TURN_Z), -np.sin(TURN_Z), 0], [np.sin(TURN_Z), np.cos(TURN_Z), 0], [0, 0, 1]])
VOXELS = ({(x, 0, 0) for x in range(19)} | {(0, y, 0) for y in range(7)} | {(0, 0, z) for z in range(12)})
NODES = {(x + a, y + b, z + c) for x, y, z in VOXELS for a in (0, 1) for b in (0, 1) for c in (0, 1)}
# The writer's order xx yy zz yz zx xy, seen in the order of the file, xx yy zz xy yz xz.
TENSOR_NAMES = ["xx", "yy", "zz", "xy", "yz", "xz"]
TENSOR_COMPONENT = [0, 1, 2, 5, 3, 4]


def to_patient(voxel):
    return ORIGIN + (np.asarray(voxel, float) * SPACING) @ DIRECTION.T


def to_voxel(position):
    return ((np.asarray(position, float) - ORIGIN) @ DIRECTION) / SPACING


def value(position, component=0):
    position = np.asarray(position, float)
    return position @ [1.0, 32.0, 1024.0] + component / 8.0


def whole(numbers):
    rounded = np.rint(numbers).astype(int)
    assert np.abs(numbers - rounded).max() < 1e-3, "positions do not lie on the grid"
    return rounded


def check_fields(name, nodes, voxels, point_data, cell_data):
    """Every field against its formula; rows of `nodes` and `voxels` are grid positions."""
    u = np.stack([value(nodes, c) for c in range(3)], axis=1)
    u[1, 1] = 0.1  # the writer's one value that no float holds
    assert point_data["Displacement"].dtype == np.float64
    # Solved along the image axes, stored in patient space like the points, so that a warp by it is right.
    turned = u @ DIRECTION.T
    assert np.abs(point_data["Displacement"] - turned).max() < 1e-13 * np.abs(u).max(), f"{name}: Displacement"
    assert np.array_equal(cell_data["StrainEnergyDensity"], value(voxels)), f"{name}: StrainEnergyDensity"
    assert np.array_equal(cell_data["MaterialID"], value(voxels)), f"{name}: MaterialID"
    strain = np.stack([value(voxels, c) for c in TENSOR_COMPONENT], axis=1)
    assert np.array_equal(cell_data["Strain"], strain), f"{name}: Strain"


def arrays(attributes):
    return {attributes.GetArrayName(i): vtk_to_numpy(attributes.GetArray(i)) for i in range(attributes.GetNumberOfArrays())}


def check_grid(name, grid, reference):
    """An unstructured grid as VTK sees it: geometry, cell volumes, fields, and equality with the raw datasets."""
    assert grid.GetNumberOfCells() == len(VOXELS) and grid.GetNumberOfPoints() == len(NODES), f"{name}: counts"
    points = vtk_to_numpy(grid.GetPoints().GetData())
    nodes = whole(to_voxel(points) + 0.5)
    assert set(map(tuple, nodes)) == NODES, f"{name}: points"
    voxels = np.empty((grid.GetNumberOfCells(), 3))
    for c in range(grid.GetNumberOfCells()):
        cell = grid.GetCell(c)
        assert cell.GetCellType() == vtk.VTK_HEXAHEDRON
        corners = nodes[[cell.GetPointId(i) for i in range(8)]]
        voxels[c] = corners.min(axis=0)
        # VTK's corner order, and with it a positive volume: a mirrored or twisted cell would fail.
        assert np.array_equal(corners - corners[0], [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0],
                                                     [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]]), f"{name}: corner order"
    quality = vtk.vtkMeshQuality()
    quality.SetInputData(grid)
    quality.SetHexQualityMeasureToVolume()
    quality.Update()
    volumes = vtk_to_numpy(quality.GetOutput().GetCellData().GetArray("Quality"))
    assert np.allclose(volumes, SPACING.prod(), rtol=1e-3), f"{name}: volumes"
    assert set(map(tuple, voxels.astype(int))) == VOXELS, f"{name}: cells"
    point_data, cell_data = arrays(grid.GetPointData()), arrays(grid.GetCellData())
    if "Strain" not in cell_data:  # XDMF: one scalar a component
        cell_data["Strain"] = np.stack([cell_data.pop("Strain_" + c) for c in TENSOR_NAMES], axis=1)
    check_fields(name, nodes, voxels, point_data, cell_data)
    if reference is not None:
        assert np.array_equal(points, reference["Points"][:]), f"{name}: raw points"
        for group, data in (("PointData", point_data), ("CellData", cell_data)):
            for field, dataset in reference[group].items():
                assert field in data, f"{name}: {field} is missing"
                assert np.array_equal(data[field], dataset[:]), f"{name}: raw {field}"
    print(f"ok  {name}: {len(VOXELS)} cells, {sorted(point_data) + sorted(cell_data)}")


def check_raw(path):
    """The HDF5 file as h5py sees it."""
    with h5py.File(path) as file:
        group = file["VTKHDF"]
        assert group.attrs["Version"].tolist() == [2, 0] and group.attrs["Type"] == b"UnstructuredGrid"
        assert group["NumberOfPoints"].dtype == np.int64 and group["Offsets"].dtype == np.int64
        assert group["Types"][:].tolist() == [12] * len(VOXELS)
        assert group["Offsets"][:].tolist() == [8 * i for i in range(len(VOXELS) + 1)]
        voxels = file["Osteon/element_voxel"][:]
        assert np.allclose(file["Osteon/grid/direction"][:].reshape(3, 3), DIRECTION, atol=1e-15)
        nodes = whole(to_voxel(group["Points"][:]) + 0.5)
        check_fields(path.name, nodes, voxels, {k: v[:] for k, v in group["PointData"].items()},
                     {k: v[:] for k, v in group["CellData"].items()})
        strain = group["CellData/Strain"].attrs
        assert np.char.decode(strain["components"]) == " ".join(TENSOR_NAMES)
        assert file["Osteon/node_sets/high"][:].tolist() == [3, 1, 2]
        assert file["Osteon/residuals/axial"][:].tolist() == [1, 0.5, 1e-7]
        frames = {field: np.char.decode(dataset.attrs["frame"]) for part in ("PointData", "CellData")
                  for field, dataset in group[part].items() if "frame" in dataset.attrs}
        assert frames == {"Displacement": "patient", "Strain": "image axes"}, frames
        assert "osteon-summary/1" in file["Osteon/summary"].asstr()[()]
    print(f"ok  {path.name} by h5py {h5py.__version__}")


def check_nifti(folder):
    expected = np.diag([-1, -1, 1, 1]) @ np.block([[DIRECTION * SPACING, ORIGIN[:, None]], [np.zeros((1, 3)), np.ones((1, 1))]])
    volume = np.zeros(SIZE, np.float32)
    for voxel in VOXELS:
        volume[voxel] = value(voxel)
    image = nibabel.load(folder / "energy.nii.gz")
    for affine in (image.affine, image.get_sform(), image.get_qform()):
        assert np.allclose(affine, expected, atol=2e-6), affine - expected
    assert image.header.get_xyzt_units()[0] == "mm"
    assert np.array_equal(image.get_fdata(dtype=np.float32), volume)
    strain = nibabel.load(folder / "strain.nii").get_fdata()
    assert strain.shape == (*SIZE, 1, 6)
    for voxel in VOXELS:
        assert strain[voxel][0].tolist() == [value(voxel, c) for c in TENSOR_COMPONENT]
    print(f"ok  energy.nii.gz, strain.nii by nibabel {nibabel.__version__}")


def check_tables(folder):
    with open(folder / "cells.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    voxels = np.array([[int(row[f"voxel_{a}"]) for a in "ijk"] for row in rows])
    assert set(map(tuple, voxels)) == VOXELS
    assert np.allclose([[float(row[f"{a} [mm]"]) for a in "xyz"] for row in rows], to_patient(voxels), rtol=1e-14)
    assert [float(row["StrainEnergyDensity [MPa]"]) for row in rows] == value(voxels).tolist()
    assert [float(row["Strain_yz"]) for row in rows] == value(voxels, 3).tolist()
    print("ok  cells.csv")


def read(reader, path):
    errors = []
    reader.AddObserver("ErrorEvent", lambda *_: errors.append(str(path)))
    reader.SetFileName(str(path))
    reader.Update()
    assert not errors, f"the reader of {path.name} reported errors"
    output = reader.GetOutputDataObject(0)
    while isinstance(output, vtk.vtkCompositeDataSet):
        iterator = output.NewIterator()
        output = iterator.GetCurrentDataObject()
    return output


def main(folder):
    version = vtk.vtkVersion.GetVTKVersion()
    for name in ("result.vtkhdf", "plain.vtkhdf"):
        check_raw(folder / name)
        with h5py.File(folder / name) as file:
            check_grid(f"{name} by vtkHDFReader {version}", read(vtk.vtkHDFReader(), folder / name), file["VTKHDF"])
    with h5py.File(folder / "result.vtkhdf") as file:
        if (folder / "result.vtu").exists():
            check_grid(f"result.vtu by VTK {version}", read(vtk.vtkXMLUnstructuredGridReader(), folder / "result.vtu"),
                       file["VTKHDF"])
        else:
            print("not checked: result.vtu (Osteon built without VTK)")
    for kind in ("vtkXdmfReader", "vtkXdmf3Reader"):
        if hasattr(vtk, kind):
            check_grid(f"result.xdmf by {kind}", read(getattr(vtk, kind)(), folder / "result.xdmf"), None)
            break
    else:
        print("not checked: result.xdmf (this VTK has no XDMF reader)")
    check_nifti(folder)
    check_tables(folder)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
