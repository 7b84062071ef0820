// SPDX-License-Identifier: BSL-1.0
// Internal: which addresses have been good and which ill, so that the next attempt begins with a better one.
#ifndef LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_ADDRESS_MEMORY_HPP
#define LCM_CLIENT_WEBSOCKET_IMPL_ADDRESSES_ADDRESS_MEMORY_HPP

#include <lcm_client/websocket/impl/addresses/address_race.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Remembers the last addresses that a connection was opened over, or that connected and failed then. Only an order
/// comes of it: no address is ever left out.
class AddressMemory {
public:
    static constexpr std::size_t capacity = 64; ///< the oldest note makes room for a new one

    /// A connection was opened over it.
    void note_good(const Endpoint& address) { note(address, true); }
    /// It connected, but TLS or the upgrade failed.
    void note_ill(const Endpoint& address) { note(address, false); }

    /// Brings the good ones to the front, the last one that was good first, and the ill ones to the end, the last one
    /// that was ill last. The others stay as they are.
    void sort(std::vector<Endpoint>& addresses) const {
        std::stable_sort(addresses.begin(), addresses.end(),
                         [this](const Endpoint& a, const Endpoint& b) { return rank(a) < rank(b); });
    }

private:
    struct Note {
        Endpoint address;
        std::int64_t number; // of the notes so far, from 1
        bool is_good;
    };

    [[nodiscard]] std::int64_t rank(const Endpoint& address) const noexcept {
        for (const Note& each : notes_)
            if (each.address == address) return each.is_good ? -each.number : each.number;
        return 0;
    }

    void note(const Endpoint& address, bool is_good) {
        const Note fresh{address, ++last_, is_good};
        auto place =
            std::find_if(notes_.begin(), notes_.end(), [&](const Note& each) { return each.address == address; });
        if (place == notes_.end() && notes_.size() < capacity) return notes_.push_back(fresh);
        if (place == notes_.end())
            place = std::min_element(notes_.begin(), notes_.end(),
                                     [](const Note& a, const Note& b) { return a.number < b.number; });
        *place = fresh;
    }

    std::vector<Note> notes_;
    std::int64_t last_ = 0; // note's number
};

} // namespace lcm::detail

#endif
