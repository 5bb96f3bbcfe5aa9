// SPDX-License-Identifier: Apache-2.0
// Formats read through ITK and VTK: files written by those libraries, and what is said when they are damaged.
#include "sample_image.hpp"

#ifdef OSTEON_HAS_ITK
#include <itkGDCMImageIO.h>
#include <itkImage.h>
#include <itkMetaDataObject.h>
#include <itkNiftiImageIO.h>
#include <itkNrrdImageIO.h>
#include <itkTIFFImageIO.h>
#endif
#ifdef OSTEON_HAS_VTK
#include <vtkCellData.h>
#include <vtkFloatArray.h>
#include <vtkImageData.h>
#include <vtkMatrix3x3.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkXMLImageDataWriter.h>
#endif

using namespace osteon;
using namespace osteon::test;

#ifdef OSTEON_HAS_ITK
namespace {

// Writes through one of ITK's file classes; `dimensions` 2 writes the layer `z`.
void write_with(itk::ImageIOBase& io, const std::filesystem::path& path, const VoxelImage& image,
                unsigned dimensions = 3, int z = 0) {
  const ImageGeometry& g = image.geometry;
  io.SetFileName(path.string());
  io.SetNumberOfDimensions(dimensions);
  io.SetComponentType(itk::ImageIOBase::IOComponentType::SHORT);
  io.SetPixelType(itk::ImageIOBase::IOPixelType::SCALAR);
  io.SetNumberOfComponents(1);
  itk::ImageIORegion region(dimensions);
  for (unsigned a = 0; a < dimensions; ++a) {
    io.SetDimensions(a, static_cast<unsigned>(g.size[static_cast<int>(a)]));
    io.SetSpacing(a, g.spacing_mm[a]);
    io.SetOrigin(a, g.origin_mm[a]);
    std::vector<double> axis;
    for (unsigned row = 0; row < dimensions; ++row)
      axis.push_back(dimensions == 3 ? g.direction[row * 3 + a] : row == a);
    io.SetDirection(a, axis);
    region.SetSize(a, io.GetDimensions(a));
  }
  io.SetIORegion(region);
  std::vector<std::int16_t> voxels(image.values.begin(), image.values.end());
  io.WriteImageInformation();
  io.Write(voxels.data() + static_cast<std::size_t>(dimensions == 2 ? z * g.size.x * g.size.y : 0));
}

void write_dicom(const ScratchFolder& folder, const std::string& series, const VoxelImage& image) {
  const ImageGeometry& g = image.geometry;
  std::filesystem::create_directories(folder / "dicom");
  for (int z = 0; z < g.size.z; ++z) {
    const auto io = itk::GDCMImageIO::New();
    io->KeepOriginalUIDOn();
    itk::MetaDataDictionary& tags = io->GetMetaDataDictionary();
    const auto put = [&tags](const char* tag, const std::string& text) {
      itk::EncapsulateMetaData<std::string>(tags, tag, text);
    };
    const auto list = [](const std::vector<double>& numbers) {
      std::string text;
      for (const double n : numbers) text += (text.empty() ? "" : "\\") + std::to_string(n);
      return text;
    };
    const Mat3& d = g.direction;
    std::vector<double> position;
    for (int row = 0; row < 3; ++row) position.push_back(g.origin_mm[row] + d[row * 3 + 2] * g.spacing_mm[2] * z);
    put("0008|0060", "CT");
    put("0028|0004", "MONOCHROME2");
    put("0020|000e", "1.2.826.0.1.3680043.2.1125.1." + series);
    put("0020|000d", "1.2.826.0.1.3680043.2.1125.1.7");
    put("0008|0018", "1.2.826.0.1.3680043.2.1125.1." + series + "." + std::to_string(z + 1));
    put("0020|0013", std::to_string(z + 1));
    put("0020|0032", list(position));
    put("0020|0037", list({d[0], d[3], d[6], d[1], d[4], d[7]}));
    // Names in reverse: the order must come from the positions.
    VoxelImage layer = image;
    layer.geometry.size.z = 1;
    layer.values.assign(image.values.begin() + z * 20, image.values.begin() + (z + 1) * 20);
    write_with(*io, folder / ("dicom/" + series + "_" + std::to_string(9 - z) + ".dcm"), layer, 2);
  }
}

constexpr double k_float_digits = 1e-6;  // NIfTI keeps floats, DICOM six decimals

}  // namespace

TEST_CASE("NIfTI and NRRD keep voxels and place, packed or not") {
  const ScratchFolder folder;
  const VoxelImage image = asymmetric_image();
  write_with(*itk::NiftiImageIO::New(), folder / "a.nii", image);
  write_with(*itk::NiftiImageIO::New(), folder / "b.nii.gz", image);
  write_with(*itk::NrrdImageIO::New(), folder / "c.nrrd", image);

  check_same(read(folder / "a.nii"), image, k_float_digits);
  check_same(read(folder / "b.nii.gz"), image, k_float_digits);
  check_same(read(folder / "c.nrrd"), image, k_float_digits);
}

TEST_CASE("a DICOM folder is sorted by position and keeps voxels and place") {
  const ScratchFolder folder;
  const VoxelImage image = asymmetric_image();
  write_dicom(folder, "11", image);

  check_same(read(folder / "dicom"), image, 1e-5);

  write_dicom(folder, "12", image);
  const std::string error = input_error([&] { read(folder / "dicom"); });
  CHECK(contains(error, "2 DICOM series"));
  CHECK(contains(error, "1.2.826.0.1.3680043.2.1125.1.12"));
}

TEST_CASE("DICOM slices that are missing or truncated are noticed") {
  const ScratchFolder folder;
  VoxelImage image = asymmetric_image();
  image.geometry.size.z = 5;
  image.values.resize(100, 3);
  write_dicom(folder, "11", image);
  std::filesystem::remove(folder / "dicom/11_7.dcm");
  CHECK(contains(input_error([&] { read(folder / "dicom"); }), "not evenly spaced"));

  write_dicom(folder, "11", image);
  const std::string slice = file_bytes(folder / "dicom/11_8.dcm");
  write_bytes(folder / "dicom/11_8.dcm", slice.substr(0, slice.size() - 20));
  CHECK_FALSE(input_error([&] { read(folder / "dicom"); }).empty());
}

TEST_CASE("a TIFF stack is read in natural order of its names") {
  const ScratchFolder folder;
  std::filesystem::create_directories(folder / "stack");
  VoxelImage image = asymmetric_image();
  image.geometry.direction = k_identity3;
  image.geometry.origin_mm = {0, 0, 0};
  const char* names[] = {"s_2.tif", "s_9.tif", "s_10.tif"};
  for (int z = 0; z < 3; ++z) {
    VoxelImage layer = image;
    const auto io = itk::TIFFImageIO::New();
    write_with(*io, folder / (std::string("stack/") + names[z]), layer, 2, z);
  }

  check_same(read(folder / "stack", ReadOptions{Vec3{0.1, 0.2, 0.3}}), image);
  CHECK(contains(input_error([&] { read(folder / "stack"); }), "carry no voxel size"));
  CHECK(contains(input_error([&] { read(folder / "stack/s_2.tif"); }), "2 dimensions"));

  const std::string slice = file_bytes(folder / "stack/s_9.tif");
  write_bytes(folder / "stack/s_9.tif", slice.substr(0, 30));
  CHECK(contains(input_error([&] { read(folder / "stack", ReadOptions{Vec3{1, 1, 1}}); }), "truncated"));
}

TEST_CASE("damaged NIfTI and NRRD files are refused") {
  const ScratchFolder folder;
  const VoxelImage image = asymmetric_image();
  write_with(*itk::NiftiImageIO::New(), folder / "a.nii", image);
  write_with(*itk::NiftiImageIO::New(), folder / "b.nii.gz", image);
  write_with(*itk::NrrdImageIO::New(), folder / "c.nrrd", image);
  for (const char* name : {"a.nii", "b.nii.gz", "c.nrrd"}) {
    INFO(std::string(name));
    const std::string bytes = file_bytes(folder / name);
    write_bytes(folder / name, bytes.substr(0, bytes.size() - 24));
    CHECK(contains(input_error([&] { read(folder / name); }), "truncated"));
    write_bytes(folder / name, bytes.substr(0, 40));
    CHECK_FALSE(input_error([&] { read(folder / name); }).empty());
  }

  std::string flat = file_bytes(folder / "a.nii");
  write_with(*itk::NiftiImageIO::New(), folder / "good.nii", image);
  flat = file_bytes(folder / "good.nii");
  std::string no_spacing = flat, series = flat, huge = flat;
  no_spacing.replace(80, 4, number_bytes(0.0F));
  series.replace(40, 2, number_bytes(std::int16_t{4})).replace(48, 2, number_bytes(std::int16_t{2}));
  huge.replace(42, 2, number_bytes(std::int16_t{32000})).replace(44, 2, number_bytes(std::int16_t{32000}));
  const auto error = [&](const std::string& bytes) {
    write_bytes(folder / "bad.nii", bytes);
    return input_error([&] { read(folder / "bad.nii"); });
  };
  CHECK(error(flat).empty());
  CHECK(contains(error(no_spacing), "not positive"));
  CHECK(contains(error(series), "4 dimensions"));
  CHECK(contains(error(huge), "far too short"));
}
#endif

#ifdef OSTEON_HAS_VTK
namespace {

void write_vti(const std::filesystem::path& path, const VoxelImage& image, bool cells, int components = 1) {
  const ImageGeometry& g = image.geometry;
  vtkNew<vtkImageData> data;
  const int more = cells ? 1 : 0;
  data->SetDimensions(g.size.x + more, g.size.y + more, g.size.z + more);
  data->SetSpacing(g.spacing_mm.data());
  data->SetDirectionMatrix(g.direction.data());
  double origin[3];
  for (int row = 0; row < 3; ++row) {
    origin[row] = g.origin_mm[row];
    for (int a = 0; a < 3 && cells; ++a) origin[row] -= 0.5 * g.direction[row * 3 + a] * g.spacing_mm[a];
  }
  data->SetOrigin(origin);
  vtkNew<vtkFloatArray> array;
  array->SetName("grey");
  array->SetNumberOfComponents(components);
  for (const float value : image.values)
    for (int c = 0; c < components; ++c) array->InsertNextValue(value);
  if (cells)
    data->GetCellData()->AddArray(array);
  else
    data->GetPointData()->AddArray(array);
  vtkNew<vtkXMLImageDataWriter> writer;
  writer->SetFileName(path.string().c_str());
  writer->SetInputData(data);
  writer->Write();
}

}  // namespace

TEST_CASE("VTK image data keeps voxels and place, as point or cell values") {
  const ScratchFolder folder;
  const VoxelImage image = asymmetric_image();
  write_vti(folder / "points.vti", image, false);
  write_vti(folder / "cells.vti", image, true);

  check_same(read(folder / "points.vti"), image, 1e-9);
  check_same(read(folder / "cells.vti"), image, 1e-9);
}

TEST_CASE("damaged or unsuitable VTK image data is refused") {
  const ScratchFolder folder;
  const VoxelImage image = asymmetric_image();
  write_vti(folder / "vectors.vti", image, false, 3);
  CHECK(contains(input_error([&] { read(folder / "vectors.vti"); }), "3 components"));

  write_vti(folder / "good.vti", image, false);
  const std::string bytes = file_bytes(folder / "good.vti");
  for (const std::size_t part : {bytes.size() / 2, bytes.size() * 3 / 4, bytes.size() - 60}) {
    CAPTURE(part);
    write_bytes(folder / "bad.vti", bytes.substr(0, part));
    CHECK_FALSE(input_error([&] { read(folder / "bad.vti"); }).empty());
  }
  std::string huge = bytes;
  for (std::size_t at; (at = huge.find("0 4 0 3 0 2")) != std::string::npos;)
    huge.replace(at, 11, "0 9000 0 9000 0 9000");
  write_bytes(folder / "huge.vti", huge);
  CHECK(contains(input_error([&] { read(folder / "huge.vti"); }), "far too short"));
}
#endif

#if !defined(OSTEON_HAS_ITK)
TEST_CASE("without ITK the error names the package to install") {
  const ScratchFolder folder;
  write_bytes(folder / "scan.nrrd", "NRRD0004\n");
  CHECK(contains(input_error([&] { read(folder / "scan.nrrd"); }), "libinsighttoolkit5-dev"));
}
#endif
#if !defined(OSTEON_HAS_VTK)
TEST_CASE("without VTK the error names the package to install") {
  const ScratchFolder folder;
  write_bytes(folder / "scan.vti", "<VTKFile type=\"ImageData\">");
  CHECK(contains(input_error([&] { read(folder / "scan.vti"); }), "libvtk9-dev"));
}
#endif
