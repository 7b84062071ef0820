// SPDX-License-Identifier: BSL-1.0
// Internal: a request that is posted to an outbox, as its caller's thread makes it.
#ifndef LCM_CLIENT_OUTBOX_IMPL_OUTBOX_POST_HPP
#define LCM_CLIENT_OUTBOX_IMPL_OUTBOX_POST_HPP

#include <lcm_client/do_not_call.hpp>
#include <lcm_client/handler.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/outbox/entry.hpp>
#include <lcm_client/outbox/impl/contents.hpp>
#include <lcm_client/outbox/impl/prepared_request.hpp>
#include <lcm_client/outbox/impl/request_data.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/result.hpp>
#include <lcm_client/subjects.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// What is kept of a request, and the request itself: should it leave as soon as it is on disk, it is not read from there.
struct OutboxPost {
    /// Not a `Result`, of which Boost lets an error be taken by a copy alone, for which there may be no memory.
    using Told = std::variant<EntryId, Error>;
    using Done = Handler<void(Told)>;

    Contents contents{}; ///< but for the time
    Subjects subjects{};
    std::shared_ptr<PreparedRequest> request{};
    std::chrono::milliseconds expires_in{};
    Done done{}; ///< called in a turn
};

/// Throws `std::bad_alloc` without memory.
template <Request R> [[nodiscard]] OutboxPost make_post(const R& request, std::uint64_t tag,
                                                        std::chrono::milliseconds expires_in,
                                                        const DoNotCallRule& also_marks, OutboxPost::Done done) {
    return {.contents = {.operation = std::string(R::operation.subtopic),
                         .callid = callid_of(request),
                         .tag = tag,
                         .marks_do_not_call = marks_do_not_call(request, also_marks),
                         .data = data_of(request)},
            .subjects = subjects_of(request),
            .request = std::make_shared<TypedPreparedRequest<R>>(request),
            .expires_in = expires_in,
            .done = std::move(done)};
}

} // namespace lcm::detail

#endif
