// SPDX-License-Identifier: BSL-1.0
// Loads the plug-in that is its argument, and catches what that throws by its type.
#include <lcm_client/result.hpp>

#include <dlfcn.h>

#include <iostream>

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    void* const plugin = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (plugin == nullptr) {
        std::cerr << dlerror() << '\n';
        return 2;
    }
    const auto send = reinterpret_cast<void (*)()>(dlsym(plugin, "send_to_nobody"));
    try {
        send();
    } catch (const lcm::LcmError& problem) {
        std::cout << problem.what() << '\n';
        return problem.error().delivery == lcm::Delivery::not_sent ? 0 : 1;
    }
    return 1;
}
