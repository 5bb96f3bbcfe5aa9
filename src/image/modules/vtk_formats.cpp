// SPDX-License-Identifier: Apache-2.0
// VTK image data (.vti). VTK keeps silent about errors unless it is listened to, so this file listens.
#include <fmt/format.h>
#include <vtkCallbackCommand.h>
#include <vtkCellData.h>
#include <vtkDataArray.h>
#include <vtkExecutive.h>
#include <vtkImageData.h>
#include <vtkInformation.h>
#include <vtkMatrix3x3.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkStreamingDemandDrivenPipeline.h>
#include <vtkXMLImageDataReader.h>

#include <memory>

#include "../library_readers.hpp"
#include "osteon/core/error.hpp"

namespace osteon {
namespace {

// Collects what VTK reports about a reader.
class ErrorListener {
 public:
  ErrorListener() {
    command_->SetClientData(&text_);
    command_->SetCallback([](vtkObject*, unsigned long, void* client, void* call) {
      auto& text = *static_cast<std::string*>(client);  // the first report is the cause of the others
      if (text.empty()) text = call != nullptr ? static_cast<const char*>(call) : "unknown error";
    });
  }
  void listen(vtkXMLImageDataReader* reader) {
    for (vtkObject* object : {static_cast<vtkObject*>(reader), static_cast<vtkObject*>(reader->GetExecutive())}) {
      object->AddObserver(vtkCommand::ErrorEvent, command_);
      object->AddObserver(vtkCommand::WarningEvent, command_);
    }
    reader->SetParserErrorObserver(command_);
  }
  /// Throws InputError when anything was reported.
  void check(const std::filesystem::path& path) const {
    if (text_.empty()) return;
    const std::size_t said = text_.find("): ");
    std::string reason = said == std::string::npos ? text_ : text_.substr(said + 3);
    reason.erase(reason.find_last_not_of(" \n\r") + 1);
    throw InputError(path.string() + ": cannot be read; the file is truncated or damaged (" + reason + ")");
  }

 private:
  std::string text_;
  vtkNew<vtkCallbackCommand> command_;
};

ValueType value_type(const vtkDataArray& array, const std::filesystem::path& path) {
  switch (const_cast<vtkDataArray&>(array).GetDataType()) {
    case VTK_UNSIGNED_CHAR:
      return ValueType::uint8;
    case VTK_CHAR:
    case VTK_SIGNED_CHAR:
      return ValueType::int8;
    case VTK_UNSIGNED_SHORT:
      return ValueType::uint16;
    case VTK_SHORT:
      return ValueType::int16;
    case VTK_UNSIGNED_INT:
      return ValueType::uint32;
    case VTK_INT:
      return ValueType::int32;
    case VTK_UNSIGNED_LONG_LONG:
      return ValueType::uint64;
    case VTK_LONG_LONG:
      return ValueType::int64;
    case VTK_UNSIGNED_LONG:
      return sizeof(long) == 8 ? ValueType::uint64 : ValueType::uint32;
    case VTK_LONG:
      return sizeof(long) == 8 ? ValueType::int64 : ValueType::int32;
    case VTK_FLOAT:
      return ValueType::float32;
    case VTK_DOUBLE:
      return ValueType::float64;
    default:
      throw InputError(path.string() + ": voxels of this number type are not supported; save them as float");
  }
}

// The active scalars, else the only array.
vtkDataArray* voxel_array(vtkDataSetAttributes* data, const std::filesystem::path& path) {
  if (vtkDataArray* scalars = data->GetScalars()) return scalars;
  if (data->GetNumberOfArrays() == 1) return data->GetArray(0);
  if (data->GetNumberOfArrays() == 0) return nullptr;
  std::string names;
  for (int i = 0; i < data->GetNumberOfArrays(); ++i) names += fmt::format(" '{}'", data->GetArrayName(i));
  throw InputError(path.string() + ": holds several arrays and none is marked as scalars:" + names);
}

// VTK allocates by the header, so its size is compared with the file first. Compressed data holds at most 1040:1.
void check_extent(vtkXMLImageDataReader* reader, const std::filesystem::path& path) {
  int extent[6];
  reader->GetOutputInformation(0)->Get(vtkStreamingDemandDrivenPipeline::WHOLE_EXTENT(), extent);
  std::int64_t size[3];
  for (int a = 0; a < 3; ++a) size[a] = std::int64_t{extent[2 * a + 1]} - extent[2 * a] + 1;
  const auto points = static_cast<std::uint64_t>(checked_size(size, path.string()).volume());
  const FileBytes file(path);
  if (points / 1040 / 8 > file.size()) file.fail("truncated or damaged: far too short for the size in the header");
}

ImageGeometry geometry_of(vtkImageData* image, bool cells, const std::filesystem::path& path) {
  ImageGeometry geometry;
  int extent[6];
  image->GetExtent(extent);
  std::int64_t size[3];
  for (int a = 0; a < 3; ++a) size[a] = std::int64_t{extent[2 * a + 1]} - extent[2 * a] + (cells ? 0 : 1);
  geometry.size = checked_size(size, path.string());
  image->GetSpacing(geometry.spacing_mm.data());
  image->GetOrigin(geometry.origin_mm.data());
  const vtkMatrix3x3* direction = image->GetDirectionMatrix();
  for (int row = 0; row < 3; ++row)
    for (int a = 0; a < 3; ++a) geometry.direction[row * 3 + a] = direction->GetElement(row, a);
  for (int a = 0; a < 3; ++a) {  // VTK's origin is the corner with index 0; ours is the centre of the first voxel
    const double steps = extent[2 * a] + (cells ? 0.5 : 0.0);
    for (int row = 0; row < 3; ++row)
      geometry.origin_mm[row] += geometry.direction[row * 3 + a] * steps * geometry.spacing_mm[a];
  }
  return geometry;
}

OpenScan vti(const std::filesystem::path& path) {
  FileBytes file(path);
  if (file.read_up_to(0, 1024).find("<VTKFile") == std::string::npos) file.fail("this is not a .vti file");
  ErrorListener errors;
  vtkNew<vtkXMLImageDataReader> reader;
  errors.listen(reader);
  reader->SetFileName(path.string().c_str());
  reader->UpdateInformation();
  errors.check(path);
  check_extent(reader, path);
  reader->Update();
  errors.check(path);

  const vtkSmartPointer<vtkImageData> image = reader->GetOutput();
  vtkDataArray* points = voxel_array(image->GetPointData(), path);
  vtkDataArray* array = points != nullptr ? points : voxel_array(image->GetCellData(), path);
  if (array == nullptr) file.fail("holds no voxel values");
  if (array->GetNumberOfComponents() != 1)
    file.fail(
        fmt::format("every voxel has {} components; a scan has one value per voxel", array->GetNumberOfComponents()));
  OpenScan scan;
  scan.info.format = "VTK image data";
  const ValueType type = value_type(*array, path);
  scan.info.value_type = value_name(type);
  scan.info.geometry = geometry_of(image, points == nullptr, path);
  const auto count = static_cast<std::size_t>(scan.info.geometry.size.volume());
  if (static_cast<std::size_t>(array->GetNumberOfTuples()) != count)
    file.fail("truncated or damaged: fewer values than voxels");
  scan.values = [image, array, type, count] {
    std::vector<float> values(count);
    const auto* bytes = static_cast<const unsigned char*>(array->GetVoidPointer(0));
    decode_values(bytes, count, type, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, values.data());
    return values;
  };
  return scan;
}

}  // namespace

const VtkReaders osteon_image_vtk = {vti};

}  // namespace osteon
