// SPDX-License-Identifier: Apache-2.0
// What risk maps need of a result file: model and strains, as far as the file tells.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "case_document.hpp"
#include "osteon/io/result_file.hpp"
#include "osteon/risk/criteria.hpp"

namespace osteon::app {

/// A model read back, and what of it can be trusted.
struct StoredModel {
  ElasticModel elastic;     ///< moduli are empty when the file does not tell them
  bool is_healing = false;  ///< of a healing series
  bool has_laws = false;    ///< Poisson's ratios and axes of every element are known
};

/// Mesh, materials and moduli. `document` with defaults. Throws InputError when the cells are not in Osteon's order.
StoredModel stored_model(const StoredResult& stored, const CaseDocument& document);

/// Names of the fields that these functions may read.
bool is_risk_input(const std::string& field);
/// What follows the field names of each load case: "" for a single one.
std::vector<std::string> load_case_suffixes(const std::vector<OutputField>& fields);

/// The strains and stresses that the criteria read: as stored, or from the stored displacement. Throws InputError that
/// says what is missing and how to get it. `notes` gets a sentence where displacement was used.
ElementFields stored_strains(const StoredResult& stored, const StoredModel& model,
                             const std::vector<Criterion>& criteria, const std::string& suffix,
                             const std::filesystem::path& path, std::vector<std::string>& notes);

}  // namespace osteon::app
