// SPDX-License-Identifier: BSL-1.0
// Names that mean what a test wants. The program's own `getaddrinfo`, in socket/name_lookup_test.cpp, asks here first.
#ifndef LCM_CLIENT_TESTS_SUPPORT_NAMES_HPP
#define LCM_CLIENT_TESTS_SUPPORT_NAMES_HPP

#include <support/socket_client.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lcm::tests {

/// Any thread.
class Names {
public:
    using Addresses = std::vector<std::string>;

    /// `name` means these addresses, in this order; there is none such if they are empty.
    void set(const std::string& name, Addresses addresses) {
        const std::lock_guard lock(mutex_);
        names_[name] = {std::move(addresses)};
    }
    /// Look-ups of `name` stand still until they are released.
    void hold(const std::string& name, Addresses addresses = {}) {
        const std::lock_guard lock(mutex_);
        names_[name] = {std::move(addresses), true};
    }
    void release(const std::string& name) {
        const std::lock_guard lock(mutex_);
        names_[name].is_held = false;
        changed_.notify_all();
    }
    /// The name means again what the system says.
    void forget(const std::string& name) {
        const std::lock_guard lock(mutex_);
        names_.erase(name);
    }

    /// How often the name was asked for.
    [[nodiscard]] std::size_t count(const std::string& name) {
        const std::lock_guard lock(mutex_);
        return names_[name].count;
    }
    /// Whether so many look-ups stand still, soon.
    [[nodiscard]] bool wait_for_standing(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return standing_ == count; });
    }

    /// For `getaddrinfo`; nothing if the system is to answer.
    [[nodiscard]] std::optional<Addresses> look_up(const std::string& name) {
        std::unique_lock lock(mutex_);
        if (!names_.contains(name)) return std::nullopt;
        ++names_[name].count;
        if (names_[name].is_held) stand_still(lock, name);
        return names_[name].addresses;
    }

private:
    struct Entry {
        Addresses addresses{};
        bool is_held = false;
        std::size_t count = 0;
    };

    void stand_still(std::unique_lock<std::mutex>& lock, const std::string& name) {
        ++standing_;
        changed_.notify_all();
        changed_.wait_for(lock, patience, [&] { return !names_[name].is_held; });
        --standing_;
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Entry> names_;
    std::size_t standing_ = 0;
};

inline Names& names() {
    static Names instance;
    return instance;
}

} // namespace lcm::tests

#endif
