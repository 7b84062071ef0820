// SPDX-License-Identifier: BSL-1.0
// Winsock 2, of which Asio is made, in a source that has included windows.h before. That header brings the first Winsock
// unless it is told not to, and Asio refuses to be compiled beside it.
#ifndef LCM_CLIENT_IMPL_WINSOCK_HPP
#define LCM_CLIENT_IMPL_WINSOCK_HPP

#if defined(_WIN32) && defined(_WINSOCKAPI_) && !defined(_WINSOCK2API_)
// The headers of mingw-w64 can be had one after the other. Those of Microsoft cannot; but with the target of CMake the
// macro is set beforehand, so that the first one was left out.
#if defined(_MSC_VER) && defined(WSADESCRIPTION_LEN)
#error lcm_client needs Winsock 2: include winsock2.h before windows.h, or define WIN32_LEAN_AND_MEAN or _WINSOCKAPI_ for the compiler
#endif
#undef _WINSOCKAPI_
#include <winsock2.h>
#endif

#endif
