# SPDX-License-Identifier: Apache-2.0
"""Formats in loadable modules: the program does without ITK and VTK until one is asked for, wherever it stands."""
import pathlib
import shutil
import struct
import subprocess

import support
from support import CliTest, main

INPUT = 3


def nifti_header():
    """Of 2 x 2 x 2 voxels of int16, the file cut where they should begin."""
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<4h", header, 40, 3, 2, 2, 2)
    struct.pack_into("<2h", header, 70, 4, 16)
    struct.pack_into("<5f", header, 76, 1, 1, 1, 1, 352)
    header[344:348] = b"n+1\0"
    return bytes(header)


SCANS = {  # part, file, damaged content, what is said of it; the second goes through the library's own exception
    "NIfTI": ("itk", "scan.nii", nifti_header(), "truncated"),
    "NRRD": ("itk", "scan.nrrd", b"NRRD0004\ntype: short\ndimension: 3\nsizes: 2 2 2\nencoding: morse\n\n" + bytes(16),
             "the file is damaged"),
    ".vti": ("vtk", "scan.vti", b'<VTKFile type="ImageData"><ImageData WholeExtent="0 1 0 1 0 1"><Piece/>', "damaged"),
}


class Modules(CliTest):
    def parts(self):
        lines = self.osteon("devices").stdout.splitlines()
        return {part for part in ["itk", "vtk"] if any(line.split() == [part, "built", "in"] for line in lines)}

    def test_the_program_itself_links_neither_itk_nor_vtk(self):
        if shutil.which("ldd") is None:
            self.skipTest("no ldd")
        libraries = subprocess.run(["ldd", support.OSTEON], capture_output=True, text=True, check=True).stdout
        self.assertIn("libstdc++", libraries)
        self.assertNotRegex(libraries.lower(), "itk|vtk|gdcm")

    def test_a_damaged_scan_read_through_a_module_is_an_input_error(self):
        for name, (part, file, content, damage) in SCANS.items():
            (self.folder / file).write_bytes(content)
            says = [damage] if part in self.parts() else [name, "built without it"]
            self.fails(INPUT, [file, *says], "info", file)

    def test_a_missing_module_is_an_input_error_that_says_where_it_was_expected(self):
        self.block()
        self.osteon("solve", "block.mha", "-o", "run", "-q")
        nowhere = {"OSTEON_MODULES": str(self.folder / "nowhere")}
        for name, (part, file, content, _) in SCANS.items():
            if part not in self.parts():
                continue
            (self.folder / file).write_bytes(content)
            said = self.osteon("info", file, code=INPUT, environment=nowhere).stderr
            for text in [file, name, "could not be loaded", "nowhere/osteon_image_" + part, "or convert the image"]:
                self.assertIn(text, said)
        if "vtk" in self.parts():
            said = self.osteon("export", "run", "--vtu", code=INPUT, environment=nowhere).stderr
            self.assertIn("nowhere/osteon_io_vtk", said)
            self.assertFalse((self.folder / "run/result.vtu").exists())
        self.osteon("info", "block.mha", environment=nowhere)

    def test_an_installed_tree_reads_and_writes_wherever_it_stands(self):
        build = pathlib.Path(support.OSTEON).parent
        if shutil.which("cmake") is None or not (build / "cmake_install.cmake").exists():
            self.skipTest("not a build folder, or no cmake")
        prefix = self.folder / "first"
        subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True, capture_output=True)
        prefix = prefix.rename(self.folder / "moved")
        installed = prefix / "bin" / "osteon"

        def osteon(*arguments, code=0):
            done = subprocess.run([installed, *arguments], cwd=self.folder, text=True, capture_output=True, timeout=200)
            self.assertEqual(done.returncode, code, done.stderr)
            return done.stdout

        osteon("generate", "block", "-o", "block.mha", "--size", "4")
        osteon("solve", "block.mha", "-o", "run", "-q")
        osteon("export", "run", "--nifti")
        if "itk" in self.parts():
            self.assertIn("NIfTI", osteon("info", "run/result_RiskFactor_ees.nii.gz"))
        if "vtk" in self.parts():
            osteon("export", "run", "--vtu")
            self.assertGreater((self.folder / "run/result.vtu").stat().st_size, 1000)


main()
