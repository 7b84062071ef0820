// SPDX-License-Identifier: BSL-1.0
// What has to be there before the rest can be compiled. What is missing is said here, in one line that names the cure,
// instead of in the hundreds that would follow. The headers that applications begin with include it first.
#ifndef LCM_CLIENT_IMPL_REQUIREMENTS_HPP
#define LCM_CLIENT_IMPL_REQUIREMENTS_HPP

#ifdef _MSVC_LANG // of MSVC, whose __cplusplus stays at C++98
#define LCM_CLIENT_CPLUSPLUS _MSVC_LANG
#else
#define LCM_CLIENT_CPLUSPLUS __cplusplus
#endif

#if LCM_CLIENT_CPLUSPLUS < 202002L
#error lcm_client needs C++20: compile with -std=c++20 (MSVC: /std:c++20), or set(CMAKE_CXX_STANDARD 20) in CMake
#elif !defined(__cpp_concepts) || __cpp_concepts < 201907L || !__has_include(<stop_token>)
#error lcm_client needs a compiler and a standard library with the concepts and stop_token of C++20: g++ 12, clang 14 or newer
#elif !__has_include(<boost/version.hpp>)
#error lcm_client needs the headers of Boost: install libboost-dev (Debian, Ubuntu) or boost (vcpkg, Homebrew), or name their folder to the compiler
#elif !__has_include(<nlohmann/json_fwd.hpp>)
#error lcm_client needs nlohmann_json: install nlohmann-json3-dev (Debian, Ubuntu) or nlohmann-json (vcpkg, Homebrew), or name its folder to the compiler
#endif

#undef LCM_CLIENT_CPLUSPLUS

#if __has_include(<boost/version.hpp>)
#include <boost/version.hpp>
#if BOOST_VERSION < 108100
#error lcm_client needs Boost 1.81 or newer, and this one is older: BOOST_VERSION tells which; name the folder of a newer one to the compiler
#endif
#endif

#include <lcm_client/impl/winsock.hpp>

#endif
