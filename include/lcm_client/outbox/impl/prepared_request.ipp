// SPDX-License-Identifier: BSL-1.0
// A request that was read from an outbox's file: the bodies, which know all operations.
#ifndef LCM_CLIENT_OUTBOX_IMPL_PREPARED_REQUEST_IPP
#define LCM_CLIENT_OUTBOX_IMPL_PREPARED_REQUEST_IPP

#include <lcm_client/json_document.hpp>
#include <lcm_client/operations.hpp>
#include <lcm_client/outbox/impl/prepared_request.hpp>
#include <lcm_client/outbox/impl/request_data.hpp>
#include <lcm_client/protocol/decode.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/lenient_reader.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

template <Request R> [[nodiscard]] std::shared_ptr<PreparedRequest> read_request(const std::string& data) {
    constexpr std::size_t max_depth = 64;
    R request{};
    if (!data.empty()) {
        JsonDocument document;
        LenientReader reader;
        if (!document.parse(data, max_depth)) return nullptr;
        if (!read_fields(document.root(), request, reader).empty()) return nullptr;
    }
    // Whoever reads is lenient, and what leaves has to be all that was posted.
    if (data_of(request) != data) return nullptr;
    return std::make_shared<TypedPreparedRequest<R>>(std::move(request));
}

LCM_CLIENT_DECL std::shared_ptr<PreparedRequest> prepare_request(const Contents& contents) {
    std::shared_ptr<PreparedRequest> prepared;
    const auto visit = [&]<class R>() {
        if constexpr (!R::operation.is_read_only)
            if (R::operation.subtopic == contents.operation) prepared = read_request<R>(contents.data);
    };
    OperationGroups::for_each([&]<class Group>() { Group::Operations::for_each(visit); });
    return prepared;
}

} // namespace lcm::detail

#endif
