// SPDX-License-Identifier: BSL-1.0
// Which version of the library this is. CMake reads it from here, so that it stands in one place.
#ifndef LCM_CLIENT_VERSION_HPP
#define LCM_CLIENT_VERSION_HPP

// What a version promises: the names in the namespaces `lcm` and `lcm::testing` in the public headers, which are all but
// those in a folder `impl/` and in the folders `client/` and `session/`. What is in a namespace `detail` or in a private
// header may change at any time. Until 1.0, what is promised may change with the minor version, each change being named
// in CHANGELOG.md; with the patch version alone, sources that compile go on compiling. The ABI may change with each
// version: an application compiles all of its parts with the same one.

#define LCM_CLIENT_VERSION_MAJOR 0 ///< raised by changes of the interface, from 1.0 on
#define LCM_CLIENT_VERSION_MINOR 1 ///< raised by additions; before 1.0, also by changes of the interface
#define LCM_CLIENT_VERSION_PATCH 0 ///< raised by corrections

/// The version as one number for `#if`: MAJOR * 100000 + MINOR * 100 + PATCH, so 0.1.0 is 100 and 2.3.4 is 200304.
#define LCM_CLIENT_VERSION                                                                                             \
    (LCM_CLIENT_VERSION_MAJOR * 100000 + LCM_CLIENT_VERSION_MINOR * 100 + LCM_CLIENT_VERSION_PATCH)

/// The version as a text: "MAJOR.MINOR.PATCH".
#define LCM_CLIENT_VERSION_STRING "0.1.0"

#endif
