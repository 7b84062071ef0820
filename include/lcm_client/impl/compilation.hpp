// SPDX-License-Identifier: BSL-1.0
// Where the bodies of the heavy, ordinary functions are compiled: in every source that includes them (the default,
// no build step), or once, in the one source that includes lcm_client/src.hpp.
#ifndef LCM_CLIENT_IMPL_COMPILATION_HPP
#define LCM_CLIENT_IMPL_COMPILATION_HPP

// With LCM_CLIENT_SEPARATE_COMPILATION defined in all sources, the headers only declare what stands in the files
// named impl/*.ipp, and sockets and OpenSSL stay out of the application's sources. Linking the CMake target
// lcm_client::compiled defines it and brings the one source.
#ifdef LCM_CLIENT_SEPARATE_COMPILATION
#define LCM_CLIENT_DECL
#else
#define LCM_CLIENT_DECL inline
#endif

#endif
