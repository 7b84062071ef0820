// SPDX-License-Identifier: BSL-1.0
// A scripted connection of which one operation fails, the n-th, in one of several ways.
#ifndef LCM_CLIENT_TESTS_SUPPORT_FAULTY_TRANSPORT_HPP
#define LCM_CLIENT_TESTS_SUPPORT_FAULTY_TRANSPORT_HPP

#include <support/expect.hpp>

#include <lcm_client/testing/scripted_transport.hpp>
#include <lcm_client/transport.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm::tests {

/// How an operation fails.
enum class Fault {
    none,
    at_once, ///< nothing of it takes place; the factory makes nothing
    late,    ///< it takes place, and fails all the same: a message that has come is lost; the factory throws
    never,   ///< nothing of it takes place, and its handler waits until the connection is closed
};

/// Counts the operations of all connections, the making of each included, and says which one fails.
class FaultPlan {
public:
    FaultPlan(std::size_t fails_at, Fault fault) : fails_at_(fails_at), fault_(fault) {}

    [[nodiscard]] Fault next() noexcept { return ++operations_ == fails_at_ ? fault_ : Fault::none; }
    /// Whether the operation that was to fail was never begun.
    [[nodiscard]] bool is_untouched() const noexcept { return operations_ < fails_at_ || fails_at_ == 0; }

private:
    std::size_t fails_at_ = 0; // from 1; 0 for none
    Fault fault_ = Fault::none;
    std::size_t operations_ = 0;
};

/// A model of `lcm::Transport` and `lcm::ProbesPeer`.
class FaultyTransport {
public:
    FaultyTransport(boost::asio::any_io_executor executor, testing::Script script, std::shared_ptr<FaultPlan> plan)
        : inner_(std::move(executor), std::move(script)), plan_(std::move(plan)) {}

    [[nodiscard]] boost::asio::any_io_executor get_executor() const { return inner_.get_executor(); }

    void async_open(OpenHandler handler) {
        const Fault fault = plan_->next();
        if (fault == Fault::none) inner_.async_open(std::move(handler));
        else if (fault == Fault::late) inner_.async_open(spoil(std::move(handler)));
        else fail(std::move(handler), fault);
    }

    void async_send(Batch batch, SendHandler send_handler) {
        SendHandler handler = mark(is_sending_, std::move(send_handler));
        const Fault fault = plan_->next();
        if (fault == Fault::none) inner_.async_send(std::move(batch), std::move(handler));
        else if (fault == Fault::late) inner_.async_send(std::move(batch), spoil(std::move(handler)));
        else fail(std::move(handler), fault);
    }

    void async_receive(ReceiveHandler handler) {
        const Fault fault = plan_->next();
        if (fault == Fault::none) return inner_.async_receive(std::move(handler));
        Simple without_text = [h = std::move(handler)](error_code ec) mutable { h(ec, std::string_view()); };
        if (fault != Fault::late) return fail(std::move(without_text), fault);
        inner_.async_receive([h = spoil(std::move(without_text))](error_code ec, std::string_view) mutable { h(ec); });
    }

    void probe() { inner_.probe(); }

    void close() noexcept {
        inner_.close();
        for (auto& handler : std::exchange(waiting_, {}))
            post(std::move(handler), boost::asio::error::operation_aborted);
    }

private:
    using Simple = Handler<void(error_code)>;

    static Simple spoil(Simple handler) {
        return [h = std::move(handler)](error_code) mutable { h(boost::asio::error::connection_reset); };
    }

    static Simple mark(std::shared_ptr<bool> is_busy, Simple handler) {
        expect(!std::exchange(*is_busy, true), "one batch is outstanding at a time");
        return [is_busy = std::move(is_busy), h = std::move(handler)](error_code ec) mutable {
            *is_busy = false;
            h(ec);
        };
    }

    void fail(Simple handler, Fault fault) {
        if (fault == Fault::never) waiting_.push_back(std::move(handler));
        else post(std::move(handler), boost::asio::error::connection_reset);
    }

    // No handler runs inside the call that took it.
    void post(Simple handler, error_code ec) {
        boost::asio::post(get_executor(), [h = std::move(handler), ec]() mutable { h(ec); });
    }

    testing::ScriptedTransport inner_;
    std::shared_ptr<FaultPlan> plan_;
    std::shared_ptr<bool> is_sending_ = std::make_shared<bool>(false);
    std::vector<Simple> waiting_; // for the connection's end
};

/// A factory for clients whose connections are played by `script`, but for what the plan spoils.
[[nodiscard]] inline TransportFactory<FaultyTransport> faulty(testing::Script script, std::shared_ptr<FaultPlan> plan) {
    return [script = std::move(script), plan = std::move(plan)](boost::asio::any_io_executor executor, std::size_t) {
        const Fault fault = plan->next();
        if (fault == Fault::at_once) return std::unique_ptr<FaultyTransport>();
        if (fault != Fault::none) throw std::runtime_error("no transport");
        return std::make_unique<FaultyTransport>(std::move(executor), script, plan);
    };
}

} // namespace lcm::tests

#endif
