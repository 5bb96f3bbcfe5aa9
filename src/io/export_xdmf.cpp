// SPDX-License-Identifier: Apache-2.0
// XDMF 2: a page of XML beside the HDF5 file, for readers that do not know VTKHDF 2.0 (ParaView before 5.12).
#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "export_common.hpp"
#include "osteon/core/error.hpp"
#include "osteon/io/export.hpp"
#include "result_open.hpp"
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

NumberKind kind_of(const OutputField& field) {
  if (!field.values_f64.empty()) return NumberKind::f64;
  return field.values_i32.empty() ? NumberKind::f32 : NumberKind::i32;
}

/// Rows [first, first + items) of columns [column, column + columns) of a dataset. Dimensions are those of what is cut
/// out, with one column left away.
std::string cut(const std::string& item, int rank, std::uint64_t first, std::uint64_t items, int column, int columns) {
  const std::string size = columns > 1 ? fmt::format("{} {}", items, columns) : std::to_string(items);
  const std::string selection = rank == 1
                                    ? fmt::format("<DataItem Dimensions=\"3 1\" Format=\"XML\">{} 1 {}", first, items)
                                    : fmt::format("<DataItem Dimensions=\"3 2\" Format=\"XML\">{} {} 1 1 {} {}",
                                                  first, column, items, columns);
  return fmt::format("<DataItem ItemType=\"HyperSlab\" Type=\"HyperSlab\" Dimensions=\"{}\">{}</DataItem>{}</DataItem>",
                     size, selection, item);
}

/// A scalar or a vector is one attribute. Of anything else every component is a scalar of its own, cut out of the
/// array: XDMF's Tensor6 has another order than the file, and VTK reads a Matrix of n x 6 as one item of 6 n
/// components.
std::string attributes(const StoredField& field, std::size_t step, const std::string& file) {
  const OutputField& about = field.about;
  const std::uint64_t items = about.items, first = field.first_row[step];
  const bool scalar = about.components == 1, whole = first == 0 && field.rows == items;
  const std::string shape =
      scalar ? std::to_string(field.rows) : fmt::format("{} {}", field.rows, about.components);
  const std::string item =
      data_item(file, std::string(group_of(about.location)) + "/" + about.name, shape,
                field.kind == NumberKind::i32 ? "Int" : "Float", field.kind == NumberKind::f64 ? 8 : 4);
  if (scalar || about.components == 3)
    return attribute(about.name, scalar ? "Scalar" : "Vector", about.location,
                     whole ? item : cut(item, scalar ? 1 : 2, first, items, 0, about.components));
  std::string xml;
  int component = 0;
  for (const std::string& name : component_names(about))
    xml += attribute(about.name + "_" + name, "Scalar", about.location, cut(item, 2, first, items, component++, 1));
  return xml;
}

std::string grid(const std::string& name, const std::string& time, std::uint64_t points, std::uint64_t cells,
                 const std::string& file) {
  std::string xml = fmt::format("    <Grid Name=\"{}\" GridType=\"Uniform\">\n{}", name, time);
  xml += fmt::format(
      "      <Topology TopologyType=\"Hexahedron\" NumberOfElements=\"{}\">\n        {}\n      </Topology>\n", cells,
      data_item(file, "Connectivity", std::to_string(8 * cells), "Int", 8));
  return xml + fmt::format("      <Geometry GeometryType=\"XYZ\">\n        {}\n      </Geometry>\n",
                           data_item(file, "Points", fmt::format("{} 3", points), "Float", 4));
}

std::string document(const std::string& grids) {
  return "<?xml version=\"1.0\" ?>\n<!DOCTYPE Xdmf SYSTEM \"Xdmf.dtd\" []>\n<Xdmf Version=\"2.0\">\n  <Domain>\n" + grids +
         "  </Domain>\n</Xdmf>\n";
}

bool is_wanted(const std::vector<std::string>& only, const std::string& name) {
  return only.empty() || std::find(only.begin(), only.end(), name) != only.end();
}

/// A grid for each step of a series, in a collection when there are several.
std::string series_xdmf(const OpenResult& open, const std::string& file, const std::vector<std::string>& only,
                        std::size_t first_step, std::size_t end_step) {
  const std::vector<StoredField> fields = describe_fields(open);
  std::string grids;
  for (std::size_t s = first_step; s < end_step; ++s) {
    grids += grid(fmt::format("step {}", s), fmt::format("      <Time Value=\"{}\"/>\n", open.days[s]), open.points,
                  open.cells, file);
    for (const StoredField& field : fields)
      if (is_wanted(only, field.about.name)) grids += attributes(field, s, file);
    grids += "    </Grid>\n";
  }
  if (end_step - first_step == 1) return document(grids);
  return document("    <Grid Name=\"bone\" GridType=\"Collection\" CollectionType=\"Temporal\">\n" + grids +
                  "    </Grid>\n");
}

void write_text_file(const std::filesystem::path& path, const std::string& text) {
  StagedFile staged(path);
  OutputBytes out(staged.path(), path);
  out.write(text);
  out.close();
  staged.commit();
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
  if (result.step >= 0) {
    const h5::QuietErrors quiet;
    std::vector<std::string> names;
    for (const OutputField& field : result.fields) names.push_back(field.name);
    const auto step = static_cast<std::size_t>(result.step);
    write_text_file(path, series_xdmf(open_result(result_path), file, names, step, step + 1));
    return;
  }
  std::string xml = grid("bone", "", result.points_mm.size(), result.element_positions.size(), file);
  for (const OutputField& field : result.fields) {
    StoredField stored;
    stored.about = field;
    stored.kind = kind_of(field);
    stored.rows = stored.about.items = item_count(result, field.location);
    stored.first_row = {0};
    xml += attributes(stored, 0, file);
  }
  write_text_file(path, document(xml + "    </Grid>\n"));
}

void export_series_xdmf(const std::filesystem::path& result_path, const std::filesystem::path& path,
                        const std::vector<std::string>& only, bool overwrite) {
  refuse_to_overwrite(path, overwrite);
  const h5::QuietErrors quiet;
  const OpenResult open = open_result(result_path);
  if (!open.is_series()) throw UsageError(result_path.string() + " has no time steps");
  write_text_file(path, series_xdmf(open, reference(result_path, path), only, 0, open.days.size()));
}

}  // namespace osteon
