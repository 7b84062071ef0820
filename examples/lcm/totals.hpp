// SPDX-License-Identifier: BSL-1.0
// How many requests of a command ended in each way.
#ifndef LCM_COMMAND_TOTALS_HPP
#define LCM_COMMAND_TOTALS_HPP

#include "status.hpp"

#include <lcm_client/result.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>

namespace lcm_command {

class Totals {
public:
    void add(lcm::Delivery ending) {
        ++counts_.at(static_cast<std::size_t>(ending));
        worst_ = (std::max)(worst_, status_of(ending));
    }

    /// Of the ending that leaves the user most to do: unknown before not sent before refused.
    [[nodiscard]] Status worst() const noexcept { return worst_; }

    /// Of all endings together.
    [[nodiscard]] std::uint64_t count() const {
        return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
    }

    /// As "2 accepted, 0 refused, 1 not_sent, 0 unknown".
    [[nodiscard]] std::string to_string() const {
        using enum lcm::Delivery;
        std::string text;
        for (const lcm::Delivery ending : {accepted, refused, not_sent, unknown}) {
            if (!text.empty()) text += ", ";
            text += std::to_string(counts_.at(static_cast<std::size_t>(ending))) + ' ' + lcm::to_string(ending);
        }
        return text;
    }

private:
    std::array<std::uint64_t, 4> counts_{};
    Status worst_ = status_accepted;
};

} // namespace lcm_command

#endif
