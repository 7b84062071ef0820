// SPDX-License-Identifier: BSL-1.0
// Every decision of a client about its link and its requests, without socket, thread, clock or Asio: events and the
// time come in, what is to be done comes out.
#ifndef LCM_CLIENT_SESSION_SESSION_HPP
#define LCM_CLIENT_SESSION_SESSION_HPP

#include <lcm_client/config.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/link_status.hpp>
#include <lcm_client/session/call_history.hpp>
#include <lcm_client/session/inbound.hpp>
#include <lcm_client/session/link_abilities.hpp>
#include <lcm_client/session/link_failure.hpp>
#include <lcm_client/session/link_trust.hpp>
#include <lcm_client/session/multiplexer.hpp>
#include <lcm_client/session/pacer.hpp>
#include <lcm_client/session/question.hpp>
#include <lcm_client/session/reconnector.hpp>
#include <lcm_client/session/request_entry.hpp>
#include <lcm_client/session/sleep_watch.hpp>
#include <lcm_client/session/stray_messages.hpp>
#include <lcm_client/session/tombstone_probe.hpp>
#include <lcm_client/session/unknown_outcomes.hpp>
#include <lcm_client/stats.hpp>
#include <lcm_client/transport.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// What a request's error says beside its code.
enum class EndedBy {
    itself,            ///< nothing more, or why there was no link
    link,              ///< what happened to the link
    sleep,             ///< that the computer has slept
    too_large_a_reply, ///< how large a reply may be
};

/// Requests that have ended without an answer; each knows its code and what has become of it.
class Endings {
public:
    static constexpr std::array causes{EndedBy::too_large_a_reply, EndedBy::itself, EndedBy::sleep, EndedBy::link};

    [[nodiscard]] RequestList& by(EndedBy cause) noexcept { return lists_[static_cast<std::size_t>(cause)]; }
    [[nodiscard]] bool empty() const noexcept {
        return std::all_of(lists_.begin(), lists_.end(), [](const RequestList& list) { return list.empty(); });
    }

private:
    std::array<RequestList, causes.size()> lists_{};
};

/// What is to be done now, in the order of the members.
struct Decision {
    bool leaves_link = false; ///< the link, on which nothing is under way, is closed in order
    bool aborts_link = false; ///< the link is given up
    Endings ended{};
    bool probes = false;   ///< the peer is asked for a sign of life
    bool connects = false; ///< a link is to be made
    RequestRange batch{};  ///< to be handed to the link; valid until the next call
};

/// The order of calls: `submit` what has come, then `expire`, then `next`; everything else when it happens. Each
/// `Decision` has to be carried out before the next call; what is `ended` belongs to its owner again. Not thread-safe.
///
/// Memory. Only `submit`, `on_message` and `explain` need some, and when they throw nothing has changed.
class Session {
public:
    using Milliseconds = std::chrono::milliseconds;

    /// `config` and `counters` must outlive the session. `seed` shall be one that nobody else knows.
    LCM_CLIENT_DECL Session(const ClientConfig& config, Counters& counters, LinkAbilities abilities,
                            std::uint64_t seed);

    /// What an earlier process has sent may still cause messages, as long as those of this one do.
    void follow_another_process(TimePoint now) noexcept { unknown_.distrust_messages(now + config_.settle_within); }

    // --- requests ---

    /// Takes a request. Returns whether it is under way; otherwise it has ended: `take_endings`.
    /// `is_cancelled` says that its caller wants it no more.
    [[nodiscard]] LCM_CLIENT_DECL bool submit(RequestEntry& request, bool is_cancelled, TimePoint now);
    [[nodiscard]] bool has_endings() const noexcept { return !ended_.empty(); }
    /// The requests that have ended instead of being submitted.
    [[nodiscard]] LCM_CLIENT_DECL Endings take_endings() noexcept;
    /// Ends a request at its caller's wish, also one that was never submitted.
    LCM_CLIENT_DECL void cancel(RequestEntry& request) noexcept;
    /// Lets go of a request that has ended elsewhere.
    LCM_CLIENT_DECL void forget(RequestEntry& request) noexcept;

    /// A request of the batch is handed over now.
    void hand_over(const RequestEntry& request) noexcept { unknown_.hand_over(request); }
    /// What is to be remembered of it. Only with `ClientConfig::inquiry`.
    void remember(std::unique_ptr<Remembered> trace, TimePoint now) noexcept {
        if (history_) history_->send(std::move(trace), now);
    }
    /// A request of the batch is not handed over after all, and ends as cancelled.
    void withdraw(RequestEntry& request) noexcept { multiplexer_.withdraw(request, Errc::cancelled); }
    /// The batch could not be handed over; it comes again.
    void take_back(const RequestRange& batch) { multiplexer_.take_back(batch); }
    /// So many of the batch were handed over.
    LCM_CLIENT_DECL void sent(std::size_t count) noexcept;

    /// A request has ended, and its result is known: `error` is what it ended with if it was not accepted, and null if
    /// there was no memory for it.
    LCM_CLIENT_DECL void note_ending(const RequestEntry& request, Delivery ending, const Error* error,
                                     ReplyVerdict verdict, TimePoint now) noexcept;
    /// A request has ended without the session.
    void note_ending_elsewhere(RequestId id) noexcept { strays_.forget(id); }
    /// Adds to an error what is known beside its code. The error's cause is `cause_of(by)`.
    LCM_CLIENT_DECL void explain(Error& error, const RequestEntry& request, EndedBy by) const;
    [[nodiscard]] LCM_CLIENT_DECL error_code cause_of(EndedBy by) const noexcept;

    // --- the link ---

    /// An attempt to connect begins, as was decided.
    LCM_CLIENT_DECL void connecting() noexcept;
    LCM_CLIENT_DECL void opened(std::string_view server, TimePoint now) noexcept;
    /// The link has ended, or could not be made.
    [[nodiscard]] LCM_CLIENT_DECL Decision lost(LinkFailure failure, TimePoint now) noexcept;
    /// The link can no longer be relied on: it is lost by this side's will. The transport says nothing more of it.
    [[nodiscard]] LCM_CLIENT_DECL Decision give_up(LinkFailure failure, TimePoint now) noexcept;
    /// Whether something was handed over that a write, and no reply, will end.
    [[nodiscard]] bool has_requests_without_reply() const noexcept { return multiplexer_.expects_no_reply(); }
    /// The requests that are accepted since what was handed over has been written.
    [[nodiscard]] LCM_CLIENT_DECL RequestList written();
    /// Whether it is to be asked now whether what was written has arrived.
    [[nodiscard]] LCM_CLIENT_DECL bool begin_confirming() noexcept;
    /// The requests that are accepted since what was written has arrived.
    [[nodiscard]] LCM_CLIENT_DECL RequestList confirmed() noexcept;
    /// The peer has given a sign of life that was awaited, or has failed to.
    LCM_CLIENT_DECL void see_peer(bool is_alive) noexcept;
    /// The network is back, says the application. `has_better_server` says that the transport knows a better server
    /// than that of the link.
    [[nodiscard]] LCM_CLIENT_DECL Decision retry_now(TimePoint now, bool has_better_server) noexcept;
    /// What the peer of the link still owes. `usual` is the time after which the transport gives a silent peer up.
    [[nodiscard]] LCM_CLIENT_DECL Outstanding outstanding(Milliseconds usual, TimePoint now) const;
    /// No more links and requests: lets go of all that there are.
    LCM_CLIENT_DECL void close() noexcept;
    /// After that: the link is gone, too.
    LCM_CLIENT_DECL void closed() noexcept;

    // --- what the server is asked about requests that ended as unknown; lcm_client/inquiry.hpp ---

    /// Whether there is something to ask now, so that `take_questions` is to be called.
    [[nodiscard]] bool has_questions(TimePoint now) const noexcept { return next_question_ <= now && is_open(); }
    /// The errors of the requests to ask about now. Each comes once.
    [[nodiscard]] LCM_CLIENT_DECL std::vector<Error> take_questions(TimePoint now);
    /// The questions have been submitted: they leave at the pace of a backlog.
    void pace_questions(TimePoint now) noexcept { pacer_.start(now, multiplexer_.queued()); }
    /// What the answer to a question proves, which has just come.
    [[nodiscard]] LCM_CLIENT_DECL Evidence weigh(const Question& question, const StoredRequest& shown, TimePoint asked,
                                                 TimePoint now);
    /// What is to be told of the evidence; nothing if the truth has come to light meanwhile.
    [[nodiscard]] LCM_CLIENT_DECL std::optional<Settled> to_tell(RequestId about, Evidence evidence, TimePoint now);

    // --- messages ---

    /// A message has come over the link. Nothing is decided about one over the limit, which ends the link.
    [[nodiscard]] std::optional<LinkFailure> check_size(std::string_view text) const noexcept {
        if (text.size() <= config_.limits.inbound_message) return std::nullopt;
        return too_large_message(text);
    }
    [[nodiscard]] LCM_CLIENT_DECL MessageDecision on_message(std::string_view text, TimePoint now);
    /// A request that the message ends has ended elsewhere, as unknown: what the message tells of it is the truth.
    void see_late_answer(RequestId id, MessageDecision& decision, TimePoint now) noexcept {
        inbound_.see_late_answer(id, decision, now);
    }
    /// The decision about the message has been carried out.
    void finish_message(const MessageDecision& decision) noexcept { inbound_.finish(decision); }

    // --- time ---

    /// Whether the computer has slept since the last look; then follows `wake`.
    [[nodiscard]] bool has_slept(TimePoint awake_now, std::chrono::system_clock::time_point system_now) noexcept {
        return sleep_watch_.look(awake_now, system_now);
    }
    [[nodiscard]] LCM_CLIENT_DECL Decision wake(TimePoint now) noexcept;
    /// Whether something has run out of time.
    [[nodiscard]] bool has_expired(TimePoint now) const noexcept {
        const auto deadline = multiplexer_.next_deadline();
        return deadline && *deadline <= now;
    }
    /// Ends what has run out of time.
    [[nodiscard]] LCM_CLIENT_DECL Decision expire(TimePoint now);
    /// What has to be done with the link.
    [[nodiscard]] LCM_CLIENT_DECL Decision next(TimePoint now);
    /// When `next` has to be called again.
    [[nodiscard]] LCM_CLIENT_DECL TimePoint next_time(TimePoint now) const noexcept;
    /// Whether something waits for a message to have come or gone.
    [[nodiscard]] bool has_work() const noexcept { return multiplexer_.has_backlog() || multiplexer_.is_stuck(); }

    // --- what is told of it ---

    [[nodiscard]] bool has_news_of_link() const noexcept { return has_news_of_link_; }
    /// The news; after it has been told, `told`.
    [[nodiscard]] LinkStatus status() const {
        return {reconnector_.state(), reconnector_.attempt(), wait_, link_error_, reconnector_.block()};
    }
    /// Whether the attempt that was decided follows a person's wish.
    [[nodiscard]] bool connects_on_demand() const noexcept { return reconnector_.is_on_demand(); }
    void told() noexcept { has_news_of_link_ = false; }

private:
    enum class LinkPhase { none, opening, open };

    [[nodiscard]] bool is_open() const noexcept { return phase_ == LinkPhase::open; }
    [[nodiscard]] bool is_unanswered() const noexcept {
        return multiplexer_.in_flight() + multiplexer_.tombstones() != 0;
    }
    LCM_CLIENT_DECL bool end_on_arrival(RequestEntry& request, Errc code, EndedBy by) noexcept;
    [[nodiscard]] bool fails_offline() const noexcept {
        return config_.while_offline == WhileOffline::fail && !has_server_left_;
    }
    [[nodiscard]] LCM_CLIENT_DECL bool may_leave() const noexcept;
    [[nodiscard]] LCM_CLIENT_DECL Decision leave(TimePoint now) noexcept;
    LCM_CLIENT_DECL bool probe() noexcept;
    LCM_CLIENT_DECL bool probe_in_silence() noexcept;
    LCM_CLIENT_DECL bool probe_for_late_reply(TimePoint now) noexcept;
    [[nodiscard]] LCM_CLIENT_DECL RequestRange take_batch(TimePoint now);
    LCM_CLIENT_DECL void separate_strays(const RequestRange& batch) noexcept;
    LCM_CLIENT_DECL void end_oversized(std::string_view message_head) noexcept;
    LCM_CLIENT_DECL std::string larger_than_limit() const;
    LCM_CLIENT_DECL LinkFailure too_large_message(std::string_view text) const noexcept;
    LCM_CLIENT_DECL LinkFailure too_many_unanswered() const noexcept;
    LCM_CLIENT_DECL void explain_absence(Error& error) const;
    void look_for_questions(TimePoint now) noexcept {
        if (config_.inquiry && config_.inquiry->after_reconnect) next_question_ = now;
    }
    [[nodiscard]] LCM_CLIENT_DECL TimePoint time_to_ask(RequestId about, TimePoint now) const noexcept;

    const ClientConfig& config_;
    const LinkAbilities abilities_;
    Multiplexer multiplexer_;
    UnknownOutcomes unknown_;
    std::unique_ptr<CallHistory> history_; // with `ClientConfig::inquiry`
    StrayMessages strays_;
    Inbound inbound_;
    LinkTrust trust_;
    TombstoneProbe tombstone_probe_;
    Reconnector reconnector_;
    Pacer pacer_;
    SleepWatch sleep_watch_;
    LinkPhase phase_ = LinkPhase::none;
    bool is_writing_ = false;      // a batch
    bool was_open_ = false;        // some link, once
    bool was_unanswered_ = false;  // something, when the client closed
    bool has_server_left_ = false; // no link was open yet, and not every server was tried
    bool has_news_of_link_ = false;
    std::uint64_t answers_ = 0;                    // that have been matched
    Milliseconds wait_{};                          // until the next attempt
    std::optional<LinkError> link_error_;          // why there is no link, if there was one or an attempt
    BlockReason link_block_{};                     // whom it has waited for since then
    Endings ended_{};                              // for the next decision
    TimePoint next_question_ = (TimePoint::max)(); // when to look for some
};

/// A failure in words; without them if there is no memory for them.
[[nodiscard]] LCM_CLIENT_DECL LinkFailure link_failure(Errc code, std::string_view detail) noexcept;

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/session/impl/session.ipp>
#endif

#endif
