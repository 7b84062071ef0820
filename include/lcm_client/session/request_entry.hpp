// SPDX-License-Identifier: BSL-1.0
// A request that waits for its reply, as the session sees it, and lists of such requests.
#ifndef LCM_CLIENT_SESSION_REQUEST_ENTRY_HPP
#define LCM_CLIENT_SESSION_REQUEST_ENTRY_HPP

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/result.hpp>

#include <boost/intrusive/link_mode.hpp>
#include <boost/intrusive/list_hook.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

using TimePoint = std::chrono::steady_clock::time_point;

/// Names a request within one client; never used twice.
using RequestId = std::uint64_t;

/// For lists that run through requests: being in one needs no memory.
using ListHook = boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>>;

class Multiplexer;

struct ReplyChannel;
class KeyTable;
class Owners;
class RequestList;
template <class Item> class DeadlineHeap;
template <class Item> class DeadlineQueue;

/// A request as the multiplexer sees it. Its owner fills it in and keeps it, at one place, from `Multiplexer::submit`
/// until the multiplexer has named it as ended; in between it belongs to the multiplexer, whose lists run through it:
/// so a request that waits costs no memory beside it, and is found without a search. How it ended without a reply is
/// kept here too, and those that end together are one more such list: an ending needs no memory, so that it cannot
/// fail.
class RequestEntry {
public:
    enum class State : std::uint8_t { queued, held_back, writing, awaiting, tombstone, ended };

    RequestId id = 0;
    TimePoint submitted{};
    TimePoint deadline{};
    const Operation* operation = nullptr; ///< what it asks for; the multiplexer needs none
    std::string_view callid{};            ///< the call that the request is about; a `WS_Error` may name it
    std::uint32_t lcm_key_size = 0;       ///< of `lcm_key()`, whose text follows that of `callid` in memory
    bool is_read_only : 1 = false;        ///< may be sent again: it changes nothing on the server

    /// The LCM key of what the request changes; empty if it changes nothing, or what has no such key.
    [[nodiscard]] std::string_view lcm_key() const noexcept { return {callid.data() + callid.size(), lcm_key_size}; }
    /// How much time it was given when it was submitted.
    [[nodiscard]] TimePoint::duration time() const noexcept { return deadline - submitted; }

    /// What has become of it since it was submitted.
    [[nodiscard]] State state() const noexcept { return state_; }
    /// Why it has ended without a reply, and what became of it.
    [[nodiscard]] Errc code() const noexcept { return static_cast<Errc>(heard_or_code_); }
    [[nodiscard]] Delivery delivery() const noexcept { return has_left_ ? Delivery::unknown : Delivery::not_sent; }
    /// Says that it has ended before the multiplexer had it, and why.
    void end_unsent(Errc code) noexcept { heard_or_code_ = static_cast<std::uint8_t>(code); }
    /// Its text is handed to a transport now: from here on it ends as unknown, unless an answer comes. Called by its
    /// owner, under the owner's lock if other threads ask `has_left()`; nothing else says that a request has left.
    void leave() noexcept { has_left_ = true; }
    [[nodiscard]] bool has_left() const noexcept { return has_left_; }
    /// Whether it was handed to the transport of this link, and may be answered.
    [[nodiscard]] bool was_handed_over() const noexcept {
        return state_ == State::writing || state_ == State::awaiting || state_ == State::tombstone;
    }

private:
    friend class Multiplexer;
    friend class KeyTable;
    friend class Owners;
    friend class RequestList;
    friend class DeadlineHeap<RequestEntry>;
    friend class DeadlineQueue<RequestEntry>;

    // With the bit above these are one byte, and with the next three one word: many requests may be pending.
    bool is_exclusive_ : 1 = false;        // its reply names no call, so that it has to be alone
    bool reply_may_name_call_ : 1 = false; // a reply that names the call is taken all the same
    bool reply_repeats_name_ : 1 = false;  // the reply has the request's name, so that an echo looks like it
    bool has_followers_ : 1 = false;       // others wait for its key
    bool is_confirming_ : 1 = false;       // it is asked whether it has arrived
    bool is_follower_ : 1 = false;         // it waits for the key of one that has it
    bool has_lost_link_ : 1 = false;       // it was under way when a link was lost, perhaps because of it
    State state_ = State::ended;
    bool has_left_ = false;           // over this link or one before; no bit, since other threads read it
    std::uint8_t heard_or_code_ = 0;  // what had been heard when it was handed over; then the `Errc` of its end
    std::uint32_t key_hash_ = 0;      // of its channel and call, once it has looked for its place
    std::uint32_t place_ = 0;         // among the deadlines
    ReplyChannel* channel_ = nullptr; // none if it has no reply
    RequestEntry* next_ = nullptr;    // in the list of its state
    RequestEntry* previous_ = nullptr;
    ListHook deadline_hook_; // in the order of deadlines
};

/// Requests in a row, which runs through themselves. Each is in one such list at a time. A list is a pair of pointers:
/// of one that was copied, only the copy or the original may be used. (Boost.Intrusive's list is a ring through a node of
/// its own. To hand over the four lists of a decision, most often empty, takes 300 instructions more with it.)
class RequestList {
public:
    [[nodiscard]] bool empty() const noexcept { return front_ == nullptr; }
    [[nodiscard]] RequestEntry* front() const noexcept { return front_; }
    [[nodiscard]] static RequestEntry* next(const RequestEntry& request) noexcept { return request.next_; }

    void push_back(RequestEntry& request) noexcept { link(back_, request, nullptr); }
    void push_front(RequestEntry& request) noexcept { link(nullptr, request, front_); }

    /// Takes all of another list behind those of this one.
    void append(RequestList other) noexcept {
        if (other.empty()) return;
        other.front_->previous_ = back_;
        (back_ == nullptr ? front_ : back_->next_) = other.front_;
        back_ = other.back_;
    }

    /// Takes out the first one; null if there is none.
    RequestEntry* pop_front() noexcept {
        RequestEntry* const request = front_;
        if (request != nullptr) erase(*request);
        return request;
    }

    void erase(RequestEntry& request) noexcept {
        (request.previous_ == nullptr ? front_ : request.previous_->next_) = request.next_;
        (request.next_ == nullptr ? back_ : request.next_->previous_) = request.previous_;
    }

    /// Shows each of them; `visit` may take out the one that it is shown.
    template <class Visitor> void for_each(Visitor visit) const {
        for (RequestEntry* next = front_; next != nullptr;) {
            RequestEntry& request = *next;
            next = request.next_;
            visit(request);
        }
    }

    /// In the order of submission.
    void sort() noexcept {
        // They most often are: sorting many costs more than the look at them.
        if (is_sorted()) return;
        *this = sorted(*this);
    }

private:
    [[nodiscard]] bool is_sorted() const noexcept {
        for (const RequestEntry* request = front_; request != nullptr && request->next_ != nullptr;
             request = request->next_)
            if (request->next_->id < request->id) return false;
        return true;
    }

    static RequestList sorted(RequestList all) noexcept {
        if (all.front_ == all.back_) return all;
        RequestList halves[2]; // the recursion is as deep as the number of digits of their count
        for (std::size_t i = 0; RequestEntry* const request = all.pop_front(); ++i) halves[i % 2].push_back(*request);
        return merged(sorted(halves[0]), sorted(halves[1]));
    }

    static RequestList merged(RequestList a, RequestList b) noexcept {
        RequestList all;
        while (!a.empty() || !b.empty()) {
            const bool is_a = b.empty() || (!a.empty() && a.front_->id < b.front_->id);
            all.push_back(*(is_a ? a : b).pop_front());
        }
        return all;
    }

    void link(RequestEntry* previous, RequestEntry& request, RequestEntry* next) noexcept {
        request.previous_ = previous;
        request.next_ = next;
        (previous == nullptr ? front_ : previous->next_) = &request;
        (next == nullptr ? back_ : next->previous_) = &request;
    }

    RequestEntry* front_ = nullptr;
    RequestEntry* back_ = nullptr;
};

/// A part of such a list: so many requests, which follow each other.
class RequestRange {
public:
    RequestRange() = default;
    RequestRange(RequestEntry& front, std::size_t size) noexcept : front_(&front), size_(size) {}

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Shows each of them; `visit` may take out the one that it is shown, but then the run is not to be used again.
    template <class Visitor> void for_each(Visitor visit) const {
        RequestEntry* next = front_;
        for (std::size_t left = size_; left != 0; --left) visit(*std::exchange(next, RequestList::next(*next)));
    }

private:
    RequestEntry* front_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace lcm::detail

#endif
