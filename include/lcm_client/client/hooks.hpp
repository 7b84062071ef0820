// SPDX-License-Identifier: BSL-1.0
// Calls the application's hooks: one at a time, in bounded memory, on the executor that the application wants.
#ifndef LCM_CLIENT_CLIENT_HOOKS_HPP
#define LCM_CLIENT_CLIENT_HOOKS_HPP

#include <lcm_client/client/hook_queue.hpp>
#include <lcm_client/client/strand.hpp>
#include <lcm_client/client/subscribers.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/json_document.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/impl/wrap.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// Apart from the client's engine: what waits in the application's executor owns this, and so never keeps alive, or is
/// the last to destroy, what belongs to the client's loop. Thread-safe.
class Hooks : public std::enable_shared_from_this<Hooks> {
public:
    explicit Hooks(const ClientConfig& config)
        : executor_(config.hooks_executor), on_state_(config.on_state), on_settled_(config.on_settled),
          on_event_(config.on_event), json_depth_(config.limits.json_depth), is_framed_(config.packet.has_value()),
          queue_(config.limits, executor_ ? Tellers::one_per_notice : Tellers::one) {}

    /// To be called on the client's `strand`, where the hooks run if the application has named no other executor.
    /// Without memory the first throws, a truth is not told, and an event is dropped, and counted.
    void tell(LinkStatus status, const Strand& strand) {
        if (on_state_) add(std::move(status), strand);
    }
    void tell(Settled truth, const Strand& strand) noexcept {
        try {
            if (on_settled_) add(std::move(truth), strand);
        } catch (const std::bad_alloc&) {} // then it is not told
    }
    void tell_event(std::string_view text, const Strand& strand) noexcept {
        try {
            if (on_event_ || !subscribers_.empty()) add(std::string(text), strand);
        } catch (const std::bad_alloc&) {
            queue_.drop_event();
        }
    }

    /// On the strand, now and then: somebody who should have come for the notices may have been lost, when an executor
    /// had thrown an exception.
    void attend(const Strand& strand) noexcept {
        if (was_teller_lost_ && was_teller_lost_.exchange(false)) send_lacking_tellers(&strand);
    }

    /// On the strand: how many notices have been told so far.
    [[nodiscard]] std::uint64_t told() const noexcept { return told_; }

    /// On the strand: calls now what is still to be called there of the first `number` notices, since a result comes
    /// that they were told before. In an executor of the application's, they already are before it.
    void catch_up(std::uint64_t number) {
        if (executor_ || number == caught_up_) return;
        caught_up_ = number;
        while (const auto notice = queue_.begin(number)) {
            const Telling telling{queue_};
            call(*notice);
        }
    }

    [[nodiscard]] Subscribers& subscribers() noexcept { return subscribers_; }

    /// On the strand: calls what is still to be called there, now.
    void finish_on_strand() {
        if (executor_) return;
        while (auto notice = queue_.take()) call(*notice);
    }

    /// Nothing is called from now on.
    void silence() noexcept { is_silent_ = true; }

    /// Nothing is called on the strand from now on. What waits in the application's executor is called when that runs,
    /// like handlers.
    void silence_on_strand() noexcept {
        if (!executor_) silence();
    }

    [[nodiscard]] bool is_silent() const noexcept { return is_silent_; }
    [[nodiscard]] std::uint64_t dropped_events() const { return queue_.dropped_events(); }

private:
    // Until it goes, also by an exception of the hook's.
    struct Telling {
        HookQueue& queue;
        ~Telling() { queue.end(); }
    };

    void add(Notice notice, const Strand& strand) {
        if (is_silent_) return; // and the application's executor may be gone
        const bool lacks_teller = queue_.add(std::move(notice), told_ + 1);
        ++told_;
        if (lacks_teller) send_teller(&strand);
    }

    void send_lacking_tellers(const Strand* strand) noexcept {
        while (!is_silent_ && !was_teller_lost_ && queue_.attend()) send_teller(strand);
    }

    // Each makes one call, so that requests are served between them. When the executor throws, somebody is sent the
    // next time.
    void send_teller(const Strand* strand) noexcept {
        try {
            // What waits in the application's executor knows no strand, which may go with its loop before.
            if (executor_) boost::asio::post(executor_, [self = shared_from_this()] { self->tell_next(nullptr); });
            else strand->post([self = shared_from_this(), own = *strand] { self->tell_next(&own); });
        } catch (...) {
            queue_.leave_unattended();
            was_teller_lost_ = true;
        }
    }

    void tell_next(const Strand* strand) {
        const auto notice = queue_.begin();
        if (!notice) return;
        struct Next { // also when the hook throws
            Hooks& hooks;
            const Strand* strand;
            ~Next() { hooks.send_lacking_tellers(strand); }
        } const next{*this, strand};
        const Telling telling{queue_};
        call(*notice);
    }

    void call(const Notice& notice) {
        if (is_silent_) return;
        if (const auto* status = std::get_if<LinkStatus>(&notice)) on_state_(*status);
        else if (const auto* truth = std::get_if<Settled>(&notice)) on_settled_(*truth);
        else call_for_event(std::get<std::string>(notice));
    }

    // Read once more here, since the text is what fits into the bounds of the queue.
    void call_for_event(std::string_view text) {
        if (on_event_) on_event_(text);
        if (is_silent_ || subscribers_.empty()) return; // the hook may have destroyed the client
        JsonDocument document; // not a member: a handler that closes the client is followed by others inside its call
        static_cast<void>(document.parse(text, json_depth_)); // it could be read before
        LenientReader reader;
        subscribers_.tell(is_framed_ ? unwrap(document.root(), reader) : document.root(), is_silent_);
    }

    const boost::asio::any_io_executor executor_; // the application's; empty if it has named none
    const std::function<void(const LinkStatus&)> on_state_;
    const std::function<void(const Settled&)> on_settled_;
    const std::function<void(std::string_view)> on_event_;
    const std::size_t json_depth_;
    const bool is_framed_;
    HookQueue queue_;
    Subscribers subscribers_;
    std::uint64_t told_ = 0;      // so many notices; on the strand
    std::uint64_t caught_up_ = 0; // so many of them are not asked for any more; on the strand
    std::atomic<bool> is_silent_{false};
    std::atomic<bool> was_teller_lost_{false};
};

} // namespace lcm::detail

#endif
