// SPDX-License-Identifier: BSL-1.0
// All operations of the interface, in their groups.
#ifndef LCM_COMMAND_CATALOGUE_HPP
#define LCM_COMMAND_CATALOGUE_HPP

#include "operation.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lcm_command {

/// Operations that belong together.
struct OperationGroup {
    std::string_view name;
    std::string_view summary;
    std::vector<std::unique_ptr<const AnyOperation>> operations;
};

/// All groups. Thread-safe.
[[nodiscard]] const std::vector<OperationGroup>& catalogue();

/// The operation called `name`, in any letter case; null if there is none.
[[nodiscard]] const AnyOperation* find_operation(std::string_view name);

/// "; did you mean SetDNC?" for a name such as SetDMC; empty if none is near.
[[nodiscard]] std::string did_you_mean_operation(std::string_view name);

} // namespace lcm_command

#endif
