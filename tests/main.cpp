// SPDX-License-Identifier: BSL-1.0
// The main function of the tests. Catch2 2 makes it here; that of Catch2 3 is in its library Catch2::Catch2WithMain.
#define CATCH_CONFIG_MAIN
#include <support/catch.hpp>
