// SPDX-License-Identifier: BSL-1.0
// Finds a request by its channel and call.
#ifndef LCM_CLIENT_SESSION_KEY_TABLE_HPP
#define LCM_CLIENT_SESSION_KEY_TABLE_HPP

#include <lcm_client/session/reply_channels.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/session/text_hash.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A hash table of requests of which no two have the same channel and call; each keeps its hash. Only `reserve` needs memory: what is to be
/// done where a request ends cannot fail. Their hashes are beside them, so that a search looks at hardly another one.
class KeyTable {
public:
    explicit KeyTable(TextHash hash) : hash_(hash), hashes_(least), requests_(least) {}

    /// Makes room for so many, all in all.
    void reserve(std::size_t count) {
        if (8 * count > 7 * hashes_.size()) grow();
    }

    /// The request with this key; null if there is none.
    [[nodiscard]] RequestEntry* find(const ReplyChannel& channel, std::string_view callid) const noexcept {
        const std::size_t place = place_of(hash_of(channel, callid), channel, callid);
        return hashes_[place] == nobody ? nullptr : requests_[place];
    }

    /// Adds a request, for which there is room, unless one with its key is there: that is returned.
    RequestEntry* insert(RequestEntry& request) noexcept {
        const std::uint32_t hash = hash_of(*request.channel_, request.callid);
        const std::size_t place = place_of(hash, *request.channel_, request.callid);
        request.key_hash_ = hash;
        if (hashes_[place] != nobody) return requests_[place];
        put(place, hash, &request);
        return nullptr;
    }

    /// Puts `other`, which has the same key, in the place of a request that is there.
    void replace(const RequestEntry& request, RequestEntry& other) noexcept {
        requests_[place_of(request)] = &other;
        other.key_hash_ = request.key_hash_;
    }

    void erase(const RequestEntry& request) noexcept {
        std::size_t hole = place_of(request);
        // What stands behind it moves up, unless that would be before the place where a search for it begins.
        for (std::size_t at = after(hole); hashes_[at] != nobody; at = after(at)) {
            if (distance(hashes_[at], at) < distance(hole, at)) continue;
            put(hole, hashes_[at], requests_[at]);
            hole = at;
        }
        hashes_[hole] = nobody;
    }

    /// Takes all of them out.
    void clear() noexcept { std::fill(hashes_.begin(), hashes_.end(), nobody); }

    /// Shows each of them.
    template <class Visitor> void for_each(Visitor visit) const {
        for (std::size_t place = 0; place < hashes_.size(); ++place)
            if (hashes_[place] != nobody) visit(*requests_[place]);
    }

private:
    static constexpr std::size_t least = 16; // places; always a power of two
    static constexpr std::uint32_t nobody = 0;

    [[nodiscard]] std::uint32_t hash_of(const ReplyChannel& channel, std::string_view callid) const noexcept {
        const auto hash = static_cast<std::uint32_t>(hash_(callid) + channel.hash);
        return hash == nobody ? 1 : hash;
    }

    [[nodiscard]] std::size_t mask() const noexcept { return hashes_.size() - 1; }
    [[nodiscard]] std::size_t after(std::size_t place) const noexcept { return (place + 1) & mask(); }
    [[nodiscard]] std::size_t distance(std::size_t from, std::size_t to) const noexcept { return (to - from) & mask(); }

    // Where a request with this key is, or else where it has to be put.
    [[nodiscard]] std::size_t place_of(std::uint32_t hash, const ReplyChannel& channel,
                                       std::string_view callid) const noexcept {
        std::size_t place = hash & mask();
        for (; hashes_[place] != nobody; place = after(place)) {
            if (hashes_[place] != hash) continue;
            if (requests_[place]->channel_ == &channel && requests_[place]->callid == callid) break;
        }
        return place;
    }

    [[nodiscard]] std::size_t place_of(const RequestEntry& request) const noexcept {
        std::size_t place = request.key_hash_ & mask();
        while (requests_[place] != &request) place = after(place);
        return place;
    }

    void put(std::size_t place, std::uint32_t hash, RequestEntry* request) noexcept {
        hashes_[place] = hash;
        requests_[place] = request;
    }

    void grow() {
        std::vector<RequestEntry*> requests(2 * requests_.size());
        std::vector<std::uint32_t> hashes(2 * hashes_.size());
        requests_.swap(requests);
        hashes_.swap(hashes);
        for (std::size_t i = 0; i < hashes.size(); ++i) {
            if (hashes[i] == nobody) continue;
            std::size_t place = hashes[i] & mask();
            while (hashes_[place] != nobody) place = after(place);
            put(place, hashes[i], requests[i]);
        }
    }

    TextHash hash_;
    std::vector<std::uint32_t> hashes_;
    std::vector<RequestEntry*> requests_; // some are there no longer: where the hash is that of nobody
};

} // namespace lcm::detail

#endif
