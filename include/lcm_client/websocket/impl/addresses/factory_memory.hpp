// SPDX-License-Identifier: BSL-1.0
// Internal: what all clients of one factory know together of the way to their servers.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_FACTORY_MEMORY_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_FACTORY_MEMORY_HPP

#include <lcm_client/impl/home_process.hpp>
#include <lcm_client/websocket/impl/addresses/address_memory.hpp>
#include <lcm_client/websocket/impl/addresses/name_cache.hpp>

#include <mutex>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Any thread. All of it is advice: an attempt goes on without it. So what there is no memory for is not remembered,
/// and in a fork of the process that made the factory nothing is known, since the mutex may be locked there by nobody.
class FactoryMemory {
public:
    using TimePoint = NameCache::TimePoint;

    void note_good(const Endpoint& address) noexcept {
        use([&] { addresses_.note_good(address); });
    }
    void note_ill(const Endpoint& address) noexcept {
        use([&] { addresses_.note_ill(address); });
    }
    /// Good ones first, ill ones last.
    void sort(std::vector<Endpoint>& addresses) const noexcept {
        use([&] { addresses_.sort(addresses); });
    }

    /// What the name server has said lately; empty if nothing is known.
    [[nodiscard]] Addresses addresses_of(std::string_view name, TimePoint now) const noexcept {
        Addresses found;
        use([&] { found = names_.find(name, now); });
        return found;
    }
    void keep(std::string_view name, const Addresses& addresses, TimePoint now) noexcept {
        use([&] { names_.keep(name, addresses, now); });
    }
    void forget(std::string_view name) noexcept {
        use([&] { names_.forget(name); });
    }

private:
    template <class Step> void use(Step step) const noexcept {
        if (home_.is_elsewhere()) return;
        try {
            const std::lock_guard lock(mutex_);
            step();
        } catch (const std::bad_alloc&) {}
    }

    HomeProcess home_;
    mutable std::mutex mutex_;
    AddressMemory addresses_;
    NameCache names_;
};

} // namespace lcm::detail

#endif
