// SPDX-License-Identifier: BSL-1.0
// The inline namespace that everything of this library is in: it names the version, and where the bodies are compiled.
// Sources that disagree about either fail at the link, with a name that says why, instead of running as one program in
// which a type has two layouts.
#ifndef LCM_CLIENT_IMPL_ABI_HPP
#define LCM_CLIENT_IMPL_ABI_HPP

#include <lcm_client/version.hpp>

#ifdef LCM_CLIENT_SEPARATE_COMPILATION
#define LCM_CLIENT_MODE compiled
#else
#define LCM_CLIENT_MODE header_only
#endif

// Macros are replaced before they are joined if they go through a second one.
#define LCM_CLIENT_JOIN(mode, major, minor, patch) mode##_##major##_##minor##_##patch
#define LCM_CLIENT_JOIN_VALUES(mode, major, minor, patch) LCM_CLIENT_JOIN(mode, major, minor, patch)

// For example `header_only_0_1_0`. No source has to write it: `lcm::Client` finds the name within.
#define LCM_CLIENT_ABI                                                                                                 \
    LCM_CLIENT_JOIN_VALUES(LCM_CLIENT_MODE, LCM_CLIENT_VERSION_MAJOR, LCM_CLIENT_VERSION_MINOR,                        \
                           LCM_CLIENT_VERSION_PATCH)

// With Microsoft's linker, sources that have no name in common are told as well.
#ifdef _MSC_VER
#define LCM_CLIENT_TEXT(name) #name
#define LCM_CLIENT_TEXT_OF_VALUE(name) LCM_CLIENT_TEXT(name)
#pragma detect_mismatch("lcm_client", LCM_CLIENT_TEXT_OF_VALUE(LCM_CLIENT_ABI))
#endif

#endif
