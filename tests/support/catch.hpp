// SPDX-License-Identifier: BSL-1.0
// Catch2, version 2 or 3, whichever is installed.
#ifndef LCM_CLIENT_TESTS_SUPPORT_CATCH_HPP
#define LCM_CLIENT_TESTS_SUPPORT_CATCH_HPP

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <string>

namespace lcm::tests {

/// Matches a text with such a part in it. Version 3 has given the matcher another name.
inline auto contains_substring(const std::string& part) {
#if __has_include(<catch2/catch_all.hpp>)
    return Catch::Matchers::ContainsSubstring(part);
#else
    return Catch::Matchers::Contains(part);
#endif
}

} // namespace lcm::tests

#endif
