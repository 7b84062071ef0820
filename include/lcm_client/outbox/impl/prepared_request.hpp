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

/// A request whose type only this knows. Sent once.
class PreparedRequest {
public:
    PreparedRequest() = default;
    PreparedRequest(const PreparedRequest&) = delete;
    PreparedRequest& operator=(const PreparedRequest&) = delete;
    virtual ~PreparedRequest() = default;

    /// Gives it to the client, whose strand runs `on_end`, which has to keep this object until then. What it throws is
    /// `std::bad_alloc` or a rule's of the application; then nothing was submitted.
    virtual void send(AnyClient& client, CallOptions options, Handler<void()> on_end) = 0;
    /// When it has ended: how, or nothing if it was accepted. Throws `std::bad_alloc`, and can be asked again.
    [[nodiscard]] virtual std::optional<Error> ending() const = 0;
    /// Whether the server answers it. If not, that it was accepted says only that a peer has taken its bytes.
    [[nodiscard]] virtual bool has_reply() const noexcept = 0;
};

template <Request R> class TypedPreparedRequest final : public PreparedRequest {
public:
    explicit TypedPreparedRequest(R request) : request_(std::move(request)) {}

    // The result is kept as it is: on the client's thread there may be no memory to take its error out.
    void send(AnyClient& client, CallOptions options, Handler<void()> on_end) override {
        client.async_call(request_, std::move(options),
                          [this, on_end = std::move(on_end)](Result<typename R::Response> result) mutable {
                              result_.emplace(std::move(result));
                              on_end();
                          });
    }

    [[nodiscard]] std::optional<Error> ending() const override {
        if (*result_) return std::nullopt;
        return result_->error();
    }

    [[nodiscard]] bool has_reply() const noexcept override { return !R::operation.reply_subtopic.empty(); }

private:
    R request_;
    std::optional<Result<typename R::Response>> result_;
};

/// The request of an entry of the file. Null if the operation is none that this library has and that changes something, or
/// if the data are not to the letter what this library would send for it.
[[nodiscard]] LCM_CLIENT_DECL std::shared_ptr<PreparedRequest> prepare_request(const Contents& contents);

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/outbox/impl/prepared_request.ipp>
#endif

#endif
