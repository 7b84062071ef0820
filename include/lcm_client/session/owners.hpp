// SPDX-License-Identifier: BSL-1.0
// The requests whose replies name their calls: who takes the reply for a call in a lane, and who waits behind it.
#ifndef LCM_CLIENT_SESSION_OWNERS_HPP
#define LCM_CLIENT_SESSION_OWNERS_HPP

#include <lcm_client/session/lanes.hpp>
#include <lcm_client/session/text_hash.hpp>
#include <lcm_client/session/waiter.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::detail {

/// A table of requests by lane and call, of which each is the only one with its key, linked through themselves; and in
/// a row behind each of them those that have the same key and come after it. Each step costs the same however many there
/// are. Nothing but the number of buckets needs memory, and nothing fails without it.
class Owners {
public:
    explicit Owners(TextHash hash) : hash_(hash), buckets_(fewest_buckets) {}

    /// Keeps the buckets short if so many come into the table. Called where requests come in, so that nothing has to be
    /// moved where they end.
    void make_room(std::size_t requests) noexcept {
        if (requests <= buckets_.size()) return;
        try {
            grow();
        } catch (const std::bad_alloc&) { // then the buckets are longer
        }
    }

    /// The request with this key; null if there is none.
    [[nodiscard]] Waiter* find(const Lane& lane, std::string_view callid) const noexcept {
        return find_in(*bucket_of(lane, callid), lane, callid);
    }
    [[nodiscard]] Waiter* find(const Waiter& like) const noexcept { return find(*like.lane_, like.callid); }

    /// Adds a request, unless one has its key already: that is returned.
    Waiter* insert(Waiter& owner) noexcept {
        Waiter*& bucket = *bucket_of(owner);
        if (Waiter* const other = find_in(bucket, *owner.lane_, owner.callid)) return other;
        owner.has_followers_ = false;
        owner.in_table_ = std::exchange(bucket, &owner);
        return nullptr;
    }

    /// Takes a request out. The first one behind it has the key from now on, and is returned, if there is one.
    Waiter* erase(const Waiter& owner) noexcept {
        Waiter*& place = place_of(owner);
        if (!owner.has_followers_) {
            place = owner.in_table_;
            return nullptr;
        }
        Waiter& heir = *owner.in_table_;
        Waiter* const after_key = heir.in_table_;
        pull_out(heir);
        heir.is_follower_ = false;
        heir.has_followers_ = heir.next_ != &heir;
        heir.in_table_ = heir.has_followers_ ? heir.next_ : after_key;
        if (heir.has_followers_) heir.next_->in_table_ = after_key;
        place = &heir;
        return &heir;
    }

    /// Gives the key of `owner`, and who is behind it, to `other`, which has the same.
    void replace(const Waiter& owner, Waiter& other) noexcept {
        Waiter*& place = place_of(owner);
        other.has_followers_ = owner.has_followers_;
        other.in_table_ = owner.in_table_;
        place = &other;
    }

    /// Puts a request behind all those with its key.
    void follow(Waiter& owner, Waiter& waiter) noexcept {
        waiter.is_follower_ = true;
        if (!owner.has_followers_) {
            waiter.next_ = waiter.previous_ = &waiter;
            waiter.in_table_ = owner.in_table_;
            owner.in_table_ = &waiter;
            owner.has_followers_ = true;
            return;
        }
        Waiter& first = *owner.in_table_;
        waiter.next_ = &first;
        waiter.previous_ = std::exchange(first.previous_, &waiter);
        waiter.previous_->next_ = &waiter;
    }

    /// Takes one out that is behind another one.
    void unfollow(Waiter& waiter) noexcept {
        Waiter& owner = *find(waiter);
        if (owner.in_table_ == &waiter) {
            const bool is_last = waiter.next_ == &waiter;
            owner.has_followers_ = !is_last;
            owner.in_table_ = is_last ? waiter.in_table_ : waiter.next_;
            if (!is_last) waiter.next_->in_table_ = waiter.in_table_;
        }
        pull_out(waiter);
        waiter.is_follower_ = false;
    }

    /// Shows each one that is behind another one.
    template <class Visitor> void for_each_follower(Visitor visit) const {
        for (Waiter* bucket : buckets_)
            for (const Waiter* at = bucket; at != nullptr; at = *next(*at)) {
                if (!at->has_followers_) continue;
                Waiter* const first = at->in_table_;
                Waiter* follower = first;
                do {
                    visit(*follower);
                    follower = follower->next_;
                } while (follower != first);
            }
    }

private:
    static constexpr std::size_t fewest_buckets = 16; // always a power of two

    // The row behind an owner is a ring. Its first one stands between the owner and the next one in the bucket.
    static Waiter* const* next(const Waiter& owner) noexcept {
        return owner.has_followers_ ? &owner.in_table_->in_table_ : &owner.in_table_;
    }
    static Waiter** next(Waiter& owner) noexcept {
        return owner.has_followers_ ? &owner.in_table_->in_table_ : &owner.in_table_;
    }

    static Waiter* find_in(Waiter* bucket, const Lane& lane, std::string_view callid) noexcept {
        for (; bucket != nullptr; bucket = *next(*bucket))
            if (bucket->lane_ == &lane && bucket->callid == callid) return bucket;
        return nullptr;
    }

    static void pull_out(Waiter& waiter) noexcept {
        waiter.previous_->next_ = waiter.next_;
        waiter.next_->previous_ = waiter.previous_;
    }

    [[nodiscard]] std::size_t index(const Lane& lane, std::string_view callid) const noexcept {
        return static_cast<std::size_t>(hash_(callid) + lane.hash) & (buckets_.size() - 1);
    }
    [[nodiscard]] Waiter* const* bucket_of(const Lane& lane, std::string_view callid) const noexcept {
        return &buckets_[index(lane, callid)];
    }
    [[nodiscard]] Waiter** bucket_of(const Waiter& waiter) noexcept {
        return &buckets_[index(*waiter.lane_, waiter.callid)];
    }

    // The pointer that leads to this owner.
    [[nodiscard]] Waiter*& place_of(const Waiter& owner) noexcept {
        Waiter** place = bucket_of(owner);
        while (*place != &owner) place = next(**place);
        return *place;
    }

    void grow() {
        std::vector<Waiter*> old(2 * buckets_.size());
        buckets_.swap(old);
        for (Waiter* at : old)
            while (at != nullptr) {
                Waiter*& link = *next(*at);
                Waiter*& bucket = *bucket_of(*at);
                Waiter* const rest = std::exchange(link, bucket);
                bucket = at;
                at = rest;
            }
    }

    TextHash hash_;
    std::vector<Waiter*> buckets_;
};

} // namespace lcm::detail

#endif
