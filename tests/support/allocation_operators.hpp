// SPDX-License-Identifier: BSL-1.0
// Replaces the operators `new` and `delete` by those that the allocation meter sees: for one source of a program.
#ifndef LCM_CLIENT_TESTS_SUPPORT_ALLOCATION_OPERATORS_HPP
#define LCM_CLIENT_TESTS_SUPPORT_ALLOCATION_OPERATORS_HPP

#include <support/allocation_meter.hpp>

#include <cstddef>
#include <new>

// All of them: a sanitizer brings its own for those that are missing.
void* operator new(std::size_t size) { return lcm::tests::allocate_or_throw(size); }
void* operator new[](std::size_t size) { return lcm::tests::allocate_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return lcm::tests::allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return lcm::tests::allocate(size); }
void operator delete(void* memory) noexcept { lcm::tests::release(memory); }
void operator delete[](void* memory) noexcept { lcm::tests::release(memory); }
void operator delete(void* memory, std::size_t) noexcept { lcm::tests::release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { lcm::tests::release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { lcm::tests::release(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { lcm::tests::release(memory); }

#endif
