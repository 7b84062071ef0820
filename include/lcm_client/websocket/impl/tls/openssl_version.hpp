// SPDX-License-Identifier: BSL-1.0
// Internal: an OpenSSL that is missing or too old is said in one line, before the first of its headers is read.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_TLS_OPENSSL_VERSION_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_TLS_OPENSSL_VERSION_HPP

#if !__has_include(<openssl/opensslv.h>)
#error lcm_client needs the headers of OpenSSL 3: install libssl-dev (Debian, Ubuntu) or openssl (vcpkg, Homebrew), or name their folder to the compiler
#else
#include <openssl/opensslv.h>
#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error lcm_client needs OpenSSL 3.0 or newer, and this one is older: OPENSSL_VERSION_TEXT tells which; name the folder of a newer one to the compiler
#endif
#endif

#endif
