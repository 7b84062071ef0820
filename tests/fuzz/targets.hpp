// SPDX-License-Identifier: BSL-1.0
// The fuzz targets: functions to which any bytes may be given. A target ends the program if a promise is broken.
#ifndef LCM_CLIENT_TESTS_FUZZ_TARGETS_HPP
#define LCM_CLIENT_TESTS_FUZZ_TARGETS_HPP

#include <string_view>

namespace lcm::tests {

void fuzz_decoder(std::string_view bytes);
void fuzz_encoder(std::string_view bytes);
void fuzz_url(std::string_view bytes);
void fuzz_multiplexer(std::string_view bytes);
void fuzz_client(std::string_view bytes);
void fuzz_frames(std::string_view bytes);

} // namespace lcm::tests

#endif
