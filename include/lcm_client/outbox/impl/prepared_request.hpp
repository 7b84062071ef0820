// SPDX-License-Identifier: BSL-1.0
// Internal: a request of an outbox, as it was posted or as it was read from the file, ready to be sent like any other one.
#ifndef LCM_CLIENT_OUTBOX_IMPL_PREPARED_REQUEST_HPP
#define LCM_CLIENT_OUTBOX_IMPL_PREPARED_REQUEST_HPP

#include <lcm_client/client.hpp>
#include <lcm_client/handler.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/outbox/impl/contents.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/result.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// A request whose type only this knows.
class PreparedRequest {
public:
    /// Nothing, if it was accepted.
    using OnEnd = Handler<void(std::optional<Error>)>;

    PreparedRequest() = default;
    PreparedRequest(const PreparedRequest&) = delete;
    PreparedRequest& operator=(const PreparedRequest&) = delete;
    virtual ~PreparedRequest() = default;

    /// Gives it to the client, whose strand runs `on_end`. Throws `std::bad_alloc`; then nothing was submitted.
    virtual void send(AnyClient& client, CallOptions options, OnEnd on_end) const = 0;
};

template <Request R> class TypedPreparedRequest final : public PreparedRequest {
public:
    explicit TypedPreparedRequest(R request) : request_(std::move(request)) {}

    void send(AnyClient& client, CallOptions options, OnEnd on_end) const override {
        client.async_call(request_, std::move(options),
                          [on_end = std::move(on_end)](Result<typename R::Response> result) mutable {
                              if (result) on_end(std::nullopt);
                              else on_end(std::move(result).error());
                          });
    }

private:
    R request_;
};

/// The request of an entry of the file. Null if the operation is none that this library has and that changes something, or
/// if the data are not to the letter what this library would send for it.
[[nodiscard]] LCM_CLIENT_DECL std::unique_ptr<PreparedRequest> prepare_request(const Contents& contents);

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/outbox/impl/prepared_request.ipp>
#endif

#endif
