// SPDX-License-Identifier: BSL-1.0
// The catalogue, made from the library's list of all operations.
#include "catalogue.hpp"

#include "letter_case.hpp"
#include "nearest_name.hpp"
#include "typed_operation.hpp"

#include <lcm_client/operations.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm_command {

namespace {

template <class Group> OperationGroup make_group() {
    OperationGroup group{Group::name, Group::summary, {}};
    Group::Operations::for_each(
        [&group]<class R>() { group.operations.push_back(std::make_unique<const TypedOperation<R>>()); });
    return group;
}

std::vector<OperationGroup> make_catalogue() {
    std::vector<OperationGroup> groups;
    lcm::OperationGroups::for_each([&groups]<class Group>() { groups.push_back(make_group<Group>()); });
    return groups;
}

} // namespace

const std::vector<OperationGroup>& catalogue() {
    static const std::vector<OperationGroup> groups = make_catalogue();
    return groups;
}

const AnyOperation* find_operation(std::string_view name) {
    for (const OperationGroup& group : catalogue())
        for (const auto& operation : group.operations)
            if (same_letters(operation->names().subtopic, name)) return operation.get();
    return nullptr;
}

std::string did_you_mean_operation(std::string_view name) {
    std::vector<std::string> names;
    for (const OperationGroup& group : catalogue())
        for (const auto& operation : group.operations) names.emplace_back(operation->names().subtopic);
    return did_you_mean(name, names);
}

} // namespace lcm_command
