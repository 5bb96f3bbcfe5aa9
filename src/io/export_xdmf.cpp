// SPDX-License-Identifier: Apache-2.0
// XDMF 2: a page of XML beside the HDF5 file, for readers that do not know VTKHDF 2.0 (ParaView before 5.12).
#include <fmt/format.h>

#include <system_error>

#include "export_common.hpp"
#include "osteon/core/error.hpp"
#include "osteon/io/export.hpp"
#include "result_layout.hpp"
#include "staged_file.hpp"

namespace osteon {

namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// The HDF5 file as seen from the folder of the XDMF file.
std::string reference(const std::filesystem::path& result_path, const std::filesystem::path& path) {
  std::error_code error;
  const auto folder = std::filesystem::absolute(path).parent_path();
  const auto relative = std::filesystem::relative(result_path, folder, error);
  return escaped(error || relative.empty() ? result_path.string() : relative.string());
}

std::string data_item(const std::string& file, const std::string& dataset, const std::string& dimensions,
                      const char* type, int precision) {
  return fmt::format(
      "<DataItem Format=\"HDF\" Dimensions=\"{}\" NumberType=\"{}\" Precision=\"{}\">{}:/VTKHDF/{}</DataItem>",
      dimensions, type, precision, file, escaped(dataset));
}

std::string attribute(const std::string& name, const char* shape, FieldLocation location, const std::string& item) {
  return fmt::format(
      "      <Attribute Name=\"{}\" AttributeType=\"{}\" Center=\"{}\">\n        {}\n      </Attribute>\n",
      escaped(name), shape, location == FieldLocation::point ? "Node" : "Cell", item);
}

/// A scalar or a vector is one attribute. Of anything else every component is a scalar of its own, cut out of the
/// array: XDMF's Tensor6 has another order than the file, and VTK reads a Matrix of n x 6 as one item of 6 n
/// components.
std::string attributes(const StoredResult& result, const OutputField& field, const std::string& file) {
  const std::size_t items = item_count(result, field.location);
  const char* type = field.values_i32.empty() ? "Float" : "Int";
  const int precision = field.values_f64.empty() ? 4 : 8;
  const bool scalar = field.components == 1;
  const std::string shape = scalar ? std::to_string(items) : fmt::format("{} {}", items, field.components);
  const std::string item =
      data_item(file, std::string(group_of(field.location)) + "/" + field.name, shape, type, precision);
  if (scalar || field.components == 3) return attribute(field.name, scalar ? "Scalar" : "Vector", field.location, item);
  std::string xml;
  int component = 0;
  for (const std::string& name : component_names(field))
    xml += attribute(field.name + "_" + name, "Scalar", field.location,
                     fmt::format("<DataItem ItemType=\"HyperSlab\" Type=\"HyperSlab\" Dimensions=\"{0}\">"
                                 "<DataItem Dimensions=\"3 2\" Format=\"XML\">0 {1} 1 1 {0} 1</DataItem>{2}</DataItem>",
                                 items, component++, item));
  return xml;
}

}  // namespace

void export_xdmf(const StoredResult& result, const std::filesystem::path& result_path,
                 const std::filesystem::path& path, bool overwrite) {
  refuse_to_overwrite(path, overwrite);
  std::error_code ignored;
  if (!std::filesystem::exists(result_path, ignored))
    throw InputError("cannot write " + path.string() + ": the result it would point to, " + result_path.string() +
                     ", does not exist");
  const std::string file = reference(result_path, path);
  const std::size_t cells = result.element_positions.size(), points = result.points_mm.size();
  std::string xml =
      "<?xml version=\"1.0\" ?>\n<!DOCTYPE Xdmf SYSTEM \"Xdmf.dtd\" []>\n<Xdmf Version=\"2.0\">\n  <Domain>\n"
      "    <Grid Name=\"bone\" GridType=\"Uniform\">\n";
  xml += fmt::format(
      "      <Topology TopologyType=\"Hexahedron\" NumberOfElements=\"{}\">\n        {}\n      </Topology>\n", cells,
      data_item(file, "Connectivity", std::to_string(8 * cells), "Int", 8));
  xml += fmt::format("      <Geometry GeometryType=\"XYZ\">\n        {}\n      </Geometry>\n",
                     data_item(file, "Points", fmt::format("{} 3", points), "Float", 4));
  for (const OutputField& field : result.fields) xml += attributes(result, field, file);
  xml += "    </Grid>\n  </Domain>\n</Xdmf>\n";

  StagedFile staged(path);
  OutputBytes out(staged.path(), path);
  out.write(xml);
  out.close();
  staged.commit();
}

}  // namespace osteon
