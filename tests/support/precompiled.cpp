// SPDX-License-Identifier: BSL-1.0
// Nothing: CMake makes a precompiled header for a target that has a source.
