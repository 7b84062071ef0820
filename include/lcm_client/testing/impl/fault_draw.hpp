// SPDX-License-Identifier: BSL-1.0
// Which fault each request gets when the simulator misbehaves at random.
#ifndef LCM_CLIENT_TESTING_IMPL_FAULT_DRAW_HPP
#define LCM_CLIENT_TESTING_IMPL_FAULT_DRAW_HPP

#include <lcm_client/testing/faults.hpp>
#include <lcm_client/testing/simulator_options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::testing::detail {

/// Not thread-safe. The distributions of <random> differ between standard libraries; the engine does not, and a seed
/// shall mean the same everywhere.
class FaultDraw {
public:
    /// Throws `std::invalid_argument` if `chaos` is not acceptable.
    explicit FaultDraw(Chaos chaos) : chaos_(std::move(chaos)), engine_(chaos_.seed) { ensure_valid(); }

    /// The fault of the next request; `usual` if it gets none at random.
    Fault draw(Fault usual) {
        const double lot = static_cast<double>(engine_() >> 11) * 0x1p-53; // in [0, 1), of all bits that a double has
        const std::uint64_t choice = engine_();
        return lot < chaos_.rate ? *place_of(choice) : usual;
    }

private:
    [[nodiscard]] std::vector<Fault>::const_iterator place_of(std::uint64_t choice) const {
        return chaos_.faults.begin() + static_cast<std::ptrdiff_t>(choice % chaos_.faults.size());
    }

    void ensure_valid() const {
        if (!(chaos_.rate >= 0 && chaos_.rate <= 1)) throw std::invalid_argument("chaos.rate: must be from 0 to 1");
        if (chaos_.faults.empty()) throw std::invalid_argument("chaos.faults: must not be empty; set the rate to 0");
        for (const Fault fault : chaos_.faults)
            if (std::find(request_faults.begin(), request_faults.end(), fault) == request_faults.end())
                throw std::invalid_argument("chaos.faults: " + std::string(info(fault).name) +
                                            " is none of request_faults");
    }

    Chaos chaos_;
    std::mt19937_64 engine_;
};

} // namespace lcm::testing::detail

#endif
