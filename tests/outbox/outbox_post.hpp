// SPDX-License-Identifier: BSL-1.0
// A post as the outbox gives it to its engine, for tests that drive the engine themselves.
#ifndef LCM_CLIENT_TESTS_OUTBOX_OUTBOX_POST_HPP
#define LCM_CLIENT_TESTS_OUTBOX_OUTBOX_POST_HPP

#include <lcm_client/outbox/impl/outbox_engine.hpp>
#include <lcm_client/outbox/impl/request_data.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/subjects.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace lcm::tests {

template <Request R> detail::OutboxPost post_of(const R& request, std::uint64_t tag,
                                                std::chrono::milliseconds expires_in, detail::OutboxPost::Done done) {
    return {.contents = {.operation = std::string(R::operation.subtopic),
                         .callid = callid_of(request),
                         .tag = tag,
                         .marks_do_not_call = marks_do_not_call(request),
                         .data = detail::data_of(request)},
            .subjects = subjects_of(request),
            .expires_in = expires_in,
            .done = std::move(done)};
}

} // namespace lcm::tests

#endif
