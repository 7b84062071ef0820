// SPDX-License-Identifier: BSL-1.0
// Decisions out of a fuzzer's bytes, in a notation that people can write as well.
#ifndef LCM_CLIENT_TESTS_FUZZ_INPUT_HPP
#define LCM_CLIENT_TESTS_FUZZ_INPUT_HPP

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace lcm::tests {

/// Takes bytes from the front. When they are used up, each further one is '0'.
class Input {
public:
    explicit Input(std::string_view bytes) : bytes_(bytes) {}

    [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

    char next() {
        if (bytes_.empty()) return '0';
        const char c = bytes_.front();
        bytes_.remove_prefix(1);
        return c;
    }

    /// A number below `bound`, from one byte: '0' is 0, '1' is 1.
    std::size_t below(std::size_t bound) { return static_cast<unsigned char>(next() - '0') % bound; }

    /// The text up to `end`, which is skipped, or all that is left.
    std::string_view text(char end) {
        const std::size_t size = (std::min)(bytes_.find(end), bytes_.size());
        const std::string_view text = bytes_.substr(0, size);
        bytes_.remove_prefix((std::min)(size + 1, bytes_.size()));
        return text;
    }

private:
    std::string_view bytes_;
};

} // namespace lcm::tests

#endif
