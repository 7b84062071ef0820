// SPDX-License-Identifier: BSL-1.0
// The requests whose replies name their calls: who takes the reply for a call in a channel, and who waits behind it.
#ifndef LCM_CLIENT_SESSION_OWNERS_HPP
#define LCM_CLIENT_SESSION_OWNERS_HPP

#include <lcm_client/session/key_table.hpp>
#include <lcm_client/session/reply_channels.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/session/text_hash.hpp>

#include <cstddef>
#include <string_view>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The owner of each key, and in a row behind it those that have the same key and come after it. Each step costs the
/// same however many there are, and none but `reserve` needs memory.
class Owners {
public:
    explicit Owners(TextHash hash) : owners_(hash), first_followers_(hash) {}

    /// Makes room for so many owners, and so many others behind them, all in all.
    void reserve(std::size_t owners, std::size_t followers) {
        owners_.reserve(owners);
        first_followers_.reserve(followers);
    }

    /// The owner of this key; null if there is none.
    [[nodiscard]] RequestEntry* find(const ReplyChannel& channel, std::string_view callid) const noexcept {
        return owners_.find(channel, callid);
    }
    [[nodiscard]] RequestEntry* find(const RequestEntry& like) const noexcept {
        return find(*like.channel_, like.callid);
    }

    /// Gives a request its key, unless it has an owner, which is returned.
    RequestEntry* insert(RequestEntry& request) noexcept {
        request.has_followers_ = false;
        return owners_.insert(request);
    }

    /// Takes an owner out. The first one behind it has the key from now on, and is returned, if there is one.
    RequestEntry* erase(const RequestEntry& owner) noexcept {
        if (!owner.has_followers_) {
            owners_.erase(owner);
            return nullptr;
        }
        RequestEntry& heir = *first_followers_.find(*owner.channel_, owner.callid);
        const bool is_last = !take_from_row(heir);
        heir.has_followers_ = !is_last;
        owners_.replace(owner, heir);
        return &heir;
    }

    /// Gives the key of `owner`, and who is behind it, to `other`, which has the same.
    void replace(const RequestEntry& owner, RequestEntry& other) noexcept {
        other.has_followers_ = owner.has_followers_;
        owners_.replace(owner, other);
    }

    /// Puts a request behind all those with its key.
    void follow(RequestEntry& owner, RequestEntry& request) noexcept {
        request.is_follower_ = true;
        owner.has_followers_ = true;
        RequestEntry* const first = first_followers_.insert(request);
        if (first == nullptr) {
            request.next_ = request.previous_ = &request;
            return;
        }
        request.next_ = first;
        request.previous_ = first->previous_;
        request.previous_->next_ = first->previous_ = &request;
    }

    /// Takes one out that is behind another one.
    void unfollow(RequestEntry& follower) noexcept {
        if (!take_from_row(follower)) find(follower)->has_followers_ = false;
    }

    /// Shows each one that is behind another one, and forgets them all.
    template <class Visitor> void release_followers(Visitor visit) noexcept {
        first_followers_.for_each([&](RequestEntry& first) {
            find(first)->has_followers_ = false;
            RequestEntry* follower = &first;
            do {
                RequestEntry* const next = follower->next_;
                follower->is_follower_ = false;
                visit(*follower);
                follower = next;
            } while (follower != &first);
        });
        first_followers_.clear();
    }

private:
    // A row is a ring, which the table leads into. Returns whether anybody is left in it.
    bool take_from_row(RequestEntry& follower) noexcept {
        follower.is_follower_ = false;
        if (follower.next_ == &follower) {
            first_followers_.erase(follower);
            return false;
        }
        if (first_followers_.find(*follower.channel_, follower.callid) == &follower)
            first_followers_.replace(follower, *follower.next_);
        follower.previous_->next_ = follower.next_;
        follower.next_->previous_ = follower.previous_;
        return true;
    }

    KeyTable owners_;
    KeyTable first_followers_;
};

} // namespace lcm::detail

#endif
