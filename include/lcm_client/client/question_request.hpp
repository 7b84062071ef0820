// SPDX-License-Identifier: BSL-1.0
// How the question for a call's last request is asked, and who takes the evidence that its answer is.
#ifndef LCM_CLIENT_CLIENT_QUESTION_REQUEST_HPP
#define LCM_CLIENT_CLIENT_QUESTION_REQUEST_HPP

#include <lcm_client/client/pending_call.hpp>
#include <lcm_client/client/request_pool.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/do_not_call.hpp>
#include <lcm_client/evidence.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/inquiry.hpp>
#include <lcm_client/protocol/read_reply.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/session/open_do_not_calls.hpp>
#include <lcm_client/session/question.hpp>
#include <lcm_client/session/request_trace.hpp>

#include <boost/system/result.hpp>

#include <functional>
#include <future>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The request that asks it, whose response is a `StoredRequest`. What the application has done wrong is its problem.
[[nodiscard]] LCM_CLIENT_DECL EncodedRequest prepare(const UnknownRequest& ended, const ClientConfig& config,
                                                     RequestPool& pool);

/// What the guard has to know of it: nothing, since it changes nothing.
[[nodiscard]] inline std::unique_ptr<GuardedRequest> guarded(const UnknownRequest&, const DoNotCallGuard&, bool) {
    return nullptr;
}

/// Reads the answer; for `read_reply_into`.
[[nodiscard]] LCM_CLIENT_DECL ReadProblem read_response(const ReplyParts& parts, StoredRequest& shown,
                                                        LenientReader& reader);

/// Makes the request by which the client asks on its own account. `told` runs on the strand.
[[nodiscard]] LCM_CLIENT_DECL Call make_question(const UnknownRequest& ended, const ClientConfig& config,
                                                 RequestPool& pool, RequestId id, TimePoint now,
                                                 std::function<void(Result<Evidence>)> told);

/// Gives the evidence to `Inner`, which takes a result of that type.
template <class Inner> class EvidenceSink {
public:
    static constexpr bool has_handler = Inner::has_handler;
    static constexpr bool has_executor = Inner::has_executor;
    static constexpr bool asks = true;

    EvidenceSink(Inner inner, const UnknownRequest& ended)
        : inner_(std::move(inner)), question_{ended.id(), ended.operation(), ended.callid()} {
        if (ended.is_unknown() && !ended.leaves_trace()) evidence_.emplace(Evidence{.doubt = Doubt::no_trace});
    }

    /// Without memory for the evidence, the doubt stays that there is without any.
    void weigh(const StoredRequest& shown, TimePoint asked, Weigher& weigher) noexcept {
        evidence_.emplace();
        try {
            evidence_ = weigher.weigh(question_, shown, asked);
        } catch (const std::bad_alloc&) {}
    }

    void succeed(StoredRequest&&) noexcept { inner_.succeed(take()); }
    void fail(Error&& error) noexcept {
        if (evidence_) inner_.succeed(take());
        else inner_.fail(std::move(error));
    }

    [[nodiscard]] auto get_executor() const noexcept { return inner_.get_executor(); }
    void operator()(Result<StoredRequest>&& result) {
        if (auto error = take_error(result)) inner_(Result<Evidence>(boost::system::in_place_error, *std::move(error)));
        else inner_(Result<Evidence>(boost::system::in_place_value, take()));
    }

private:
    // Boost gives a copy of it, for which there may be no memory: then the doubt stays that there is without evidence.
    [[nodiscard]] std::optional<Error> take_error(const Result<StoredRequest>& result) const noexcept {
        if (evidence_ || result.has_value()) return std::nullopt;
        try {
            return result.error();
        } catch (const std::bad_alloc&) {
            return std::nullopt;
        }
    }

    [[nodiscard]] Evidence take() noexcept { return evidence_ ? std::move(*evidence_) : Evidence(); }

    Inner inner_;
    Question question_;
    std::optional<Evidence> evidence_; // once it is known
};

/// Makes an `EvidenceSink` for a request.
struct ToEvidence {
    UnknownRequest ended;
    template <class Sink> [[nodiscard]] EvidenceSink<Sink> operator()(Sink&& sink) const {
        return {std::forward<Sink>(sink), ended};
    }
};

} // namespace lcm::detail

#endif
