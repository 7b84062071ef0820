// SPDX-License-Identifier: BSL-1.0
// A transport of any type, as the engine sees it: all that depends on the type is in the adapter here.
#ifndef LCM_CLIENT_CLIENT_ANY_TRANSPORT_HPP
#define LCM_CLIENT_CLIENT_ANY_TRANSPORT_HPP

#include <lcm_client/session/link_abilities.hpp>
#include <lcm_client/transport.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

/// The members are those of the concepts in lcm_client/transport.hpp. What a transport cannot do does nothing, and is
/// not called (`LinkAbilities`).
class AnyTransport {
public:
    AnyTransport() = default;
    AnyTransport(const AnyTransport&) = delete;
    AnyTransport& operator=(const AnyTransport&) = delete;
    virtual ~AnyTransport() = default;

    virtual void async_open(OpenHandler handler) = 0;
    virtual void async_send(Batch&& batch, SendHandler&& handler) = 0;
    virtual void async_receive(ReceiveHandler&& handler) = 0;
    virtual void async_confirm(SendHandler handler) = 0;
    virtual void watch(PeerWatch watch) = 0;
    virtual void probe() = 0;
    /// Says, before it is opened, that a person has asked for it.
    virtual void on_demand() = 0;
    /// Which server it is connected to; empty if it cannot tell.
    [[nodiscard]] virtual std::string server() const = 0;
    /// Whether another server would be better, as far as the transport can tell.
    [[nodiscard]] virtual bool has_better_server() const = 0;
    virtual void close() noexcept = 0;
    /// Ends the connection so that nothing is delivered later; else as `close()`, where a transport cannot do that.
    virtual void abort() noexcept = 0;
    /// Whether another message is here already, as far as the transport can tell.
    [[nodiscard]] virtual bool has_message() const noexcept = 0;
    [[nodiscard]] virtual TransportFailure last_failure() const = 0;
};

template <Transport T> class TransportAdapter final : public AnyTransport {
public:
    explicit TransportAdapter(std::unique_ptr<T> transport) noexcept : transport_(std::move(transport)) {}

    void async_open(OpenHandler handler) override { transport_->async_open(std::move(handler)); }
    void async_send(Batch&& batch, SendHandler&& handler) override {
        transport_->async_send(std::move(batch), std::move(handler));
    }
    void async_receive(ReceiveHandler&& handler) override { transport_->async_receive(std::move(handler)); }
    void async_confirm([[maybe_unused]] SendHandler handler) override {
        if constexpr (ConfirmsDelivery<T>) transport_->async_confirm(std::move(handler));
    }
    void watch([[maybe_unused]] PeerWatch watch) override {
        if constexpr (WatchesPeer<T>) transport_->watch(std::move(watch));
    }
    void probe() override {
        if constexpr (ProbesPeer<T>) transport_->probe();
    }
    void on_demand() override {
        if constexpr (OpensOnDemand<T>) transport_->on_demand();
    }
    [[nodiscard]] std::string server() const override {
        if constexpr (NamesServer<T>) return std::as_const(*transport_).server();
        else return {};
    }
    [[nodiscard]] bool has_better_server() const override {
        if constexpr (KnowsBetterServer<T>) return std::as_const(*transport_).has_better_server();
        else return false;
    }
    void close() noexcept override { transport_->close(); }
    void abort() noexcept override {
        if constexpr (AbortsConnection<T>) transport_->abort();
        else transport_->close();
    }
    [[nodiscard]] bool has_message() const noexcept override {
        if constexpr (KnowsBacklog<T>) return std::as_const(*transport_).has_message();
        else return false;
    }
    [[nodiscard]] TransportFailure last_failure() const override {
        if constexpr (ExplainsFailure<T>) return std::as_const(*transport_).last_failure();
        else return {};
    }

private:
    std::unique_ptr<T> transport_;
};

/// How the engine makes a transport, and what that can do.
struct AnyTransportFactory {
    std::function<std::unique_ptr<AnyTransport>(const boost::asio::any_io_executor& executor,
                                                std::size_t max_inbound_message)>
        make;
    LinkAbilities abilities{};
};

/// Makes none if the factory is empty.
template <Transport T> [[nodiscard]] AnyTransportFactory any_factory(TransportFactory<T> factory) {
    if (!factory) return {};
    return {[make = std::move(factory)](const boost::asio::any_io_executor& executor,
                                        std::size_t max_inbound_message) -> std::unique_ptr<AnyTransport> {
                auto transport = make(executor, max_inbound_message);
                if (!transport) return nullptr;
                return std::make_unique<TransportAdapter<T>>(std::move(transport));
            },
            {.probes = ProbesPeer<T>,
             .tells_signs_of_life = WatchesPeer<T>,
             .confirms_delivery = ConfirmsDelivery<T>,
             .aborts = AbortsConnection<T>}};
}

} // namespace lcm::detail

#endif
