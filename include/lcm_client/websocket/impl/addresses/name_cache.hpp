// SPDX-License-Identifier: BSL-1.0
// Internal: what name servers have answered, for a short time.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_NAME_CACHE_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_NAME_CACHE_HPP

#include <lcm_client/impl/abi.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

using Addresses = std::vector<boost::asio::ip::address>;

/// The addresses of the last names. Only good answers are kept.
class NameCache {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds lifetime{60};
    static constexpr std::size_t capacity = 16; ///< the oldest name makes room for a new one

    /// Empty if nothing is known.
    [[nodiscard]] Addresses find(std::string_view name, TimePoint now) const {
        for (const Entry& each : entries_)
            if (each.name == name && now < each.end) return each.addresses;
        return {};
    }

    /// `addresses` is not empty.
    void keep(std::string_view name, Addresses addresses, TimePoint now) {
        Entry entry{std::string(name), std::move(addresses), now + lifetime};
        entries_.reserve(capacity + 1);
        forget(name);
        if (entries_.size() == capacity) entries_.erase(entries_.begin());
        entries_.push_back(std::move(entry));
    }

    /// An attempt with these addresses has failed: the next one asks anew.
    void forget(std::string_view name) noexcept {
        std::erase_if(entries_, [name](const Entry& each) { return each.name == name; });
    }

private:
    struct Entry {
        std::string name;
        Addresses addresses;
        TimePoint end;
    };
    std::vector<Entry> entries_; // the oldest first
};

} // namespace lcm::detail

#endif
