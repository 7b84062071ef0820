// SPDX-License-Identifier: BSL-1.0
// A number as a call id of 12 digits.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_CALLID_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_CALLID_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lcm::bench {

class CallId {
public:
    explicit CallId(std::uint64_t number) {
        for (std::size_t i = text_.size(); i-- != 0; number /= 10) text_[i] = static_cast<char>('0' + number % 10);
    }

    [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

private:
    std::array<char, 12> text_;
};

} // namespace lcm::bench

#endif
