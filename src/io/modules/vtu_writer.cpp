// SPDX-License-Identifier: Apache-2.0
// VTU by VTK's own writer.
#include <vtkCallbackCommand.h>
#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkDoubleArray.h>
#include <vtkErrorCode.h>
#include <vtkExecutive.h>
#include <vtkFloatArray.h>
#include <vtkInformation.h>
#include <vtkIntArray.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkSmartPointer.h>
#include <vtkTypeInt64Array.h>
#include <vtkUnstructuredGrid.h>
#include <vtkXMLUnstructuredGridWriter.h>
#include <vtkZLibDataCompressor.h>

#include <algorithm>
#include <cstring>

#include "../export_common.hpp"
#include "../result_layout.hpp"
#include "../vtu_writer.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

vtkSmartPointer<vtkDataArray> make_array(const std::vector<float>&) { return vtkSmartPointer<vtkFloatArray>::New(); }
vtkSmartPointer<vtkDataArray> make_array(const std::vector<double>&) { return vtkSmartPointer<vtkDoubleArray>::New(); }
vtkSmartPointer<vtkDataArray> make_array(const std::vector<std::int32_t>&) {
  return vtkSmartPointer<vtkIntArray>::New();
}

/// Borrows the values, which must outlive the array; VTK only reads them.
vtkSmartPointer<vtkDataArray> borrow(const OutputField& field) {
  vtkSmartPointer<vtkDataArray> array;
  visit_values(field, [&](const auto& values) {
    array = make_array(values);
    array->SetNumberOfComponents(field.components);
    array->SetVoidArray(const_cast<void*>(static_cast<const void*>(values.data())),
                        static_cast<vtkIdType>(values.size()), 1);
  });
  array->SetName(field.name.c_str());
  if (!field.unit.empty()) array->GetInformation()->Set(vtkDataArray::UNITS_LABEL(), field.unit.c_str());
  vtkIdType c = 0;
  for (const std::string& name : component_names(field)) array->SetComponentName(c++, name.c_str());
  return array;
}

vtkSmartPointer<vtkUnstructuredGrid> make_grid(const StoredResult& result) {
  vtkNew<vtkFloatArray> coordinates;
  coordinates->SetNumberOfComponents(3);
  coordinates->SetNumberOfTuples(static_cast<vtkIdType>(result.points_mm.size()));
  float* xyz = coordinates->GetPointer(0);
  for (const auto& p : result.points_mm)
    for (const double value : p) *xyz++ = static_cast<float>(value);
  vtkNew<vtkPoints> points;
  points->SetData(coordinates);

  vtkNew<vtkTypeInt64Array> ids, offsets;
  const std::size_t cells = result.element_positions.size();
  ids->SetNumberOfValues(static_cast<vtkIdType>(result.connectivity.size()));
  std::copy(result.connectivity.begin(), result.connectivity.end(), ids->GetPointer(0));
  offsets->SetNumberOfValues(static_cast<vtkIdType>(cells + 1));
  for (std::size_t i = 0; i <= cells; ++i)
    offsets->SetValue(static_cast<vtkIdType>(i), static_cast<vtkTypeInt64>(8 * i));
  vtkNew<vtkCellArray> hexahedra;
  hexahedra->SetData(offsets, ids);

  auto grid = vtkSmartPointer<vtkUnstructuredGrid>::New();
  grid->SetPoints(points);
  grid->SetCells(k_vtk_hexahedron, hexahedra);
  for (const OutputField& field : result.fields) {
    require_field_shape(field, item_count(result, field.location));
    vtkDataSetAttributes* attributes = grid->GetCellData();
    if (field.location == FieldLocation::point) attributes = grid->GetPointData();
    attributes->AddArray(borrow(field));
  }
  return grid;
}

void keep_text(vtkObject*, unsigned long, void* text, void* message) {
  *static_cast<std::string*>(text) += static_cast<const char*>(message);
}

std::string failure_text(unsigned long code, const std::string& error) {
  if (code == vtkErrorCode::OutOfDiskSpaceError) return "no space left on the disk";
  if (code > 0 && code < vtkErrorCode::FirstVTKErrorCode) return std::strerror(static_cast<int>(code));
  return error.empty() ? "VTK gives no reason" : error;
}

void write(const StoredResult& result, const std::filesystem::path& path, const std::filesystem::path& target) {
  std::string error;
  vtkNew<vtkCallbackCommand> on_error;  // otherwise VTK prints and goes on
  on_error->SetCallback(keep_text);
  on_error->SetClientData(&error);
  vtkNew<vtkZLibDataCompressor> compressor;
  compressor->SetCompressionLevel(1);
  vtkNew<vtkXMLUnstructuredGridWriter> writer;
  writer->AddObserver(vtkCommand::ErrorEvent, on_error);
  writer->GetExecutive()->AddObserver(vtkCommand::ErrorEvent, on_error);
  writer->SetInputData(make_grid(result));
  writer->SetFileName(path.c_str());
  writer->SetDataModeToAppended();
  writer->EncodeAppendedDataOff();
  writer->SetHeaderTypeToUInt64();
  writer->SetCompressor(compressor);
  if (writer->Write() == 0 || !error.empty() || writer->GetErrorCode() != 0)
    throw InputError("cannot write " + target.string() + ": " + failure_text(writer->GetErrorCode(), error));
}

}  // namespace

const VtuWriter osteon_io_vtk = {write};

}  // namespace osteon
