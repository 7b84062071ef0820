// SPDX-License-Identifier: BSL-1.0
// How an engine is made and ended: the bodies.
#ifndef LCM_CLIENT_CLIENT_IMPL_ENGINE_OWNER_IPP
#define LCM_CLIENT_CLIENT_IMPL_ENGINE_OWNER_IPP

#include <lcm_client/client/engine.hpp>
#include <lcm_client/client/engine_owner.hpp>
#include <lcm_client/client/io_thread.hpp>

#include <algorithm>
#include <functional>
#include <future>
#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

[[nodiscard]] inline Engine& engine_of(const std::shared_ptr<EngineInterface>& engine) noexcept {
    return static_cast<Engine&>(*engine); // an owner makes no other one
}

inline void ensure_valid(const ClientConfig& config, const AnyTransportFactory& factory) {
    ensure_valid(config);
    if (!factory.make) throw_invalid("factory: must not be empty; it makes the transport");
}

LCM_CLIENT_DECL EngineOwner::EngineOwner(ClientConfig config, AnyTransportFactory factory,
                                         std::unique_ptr<const AnyClock> clock) {
    ensure_valid(config, factory);
    io_thread_ = std::make_unique<IoThread>();
    const auto engine = std::make_shared<Engine>(std::move(config), std::move(factory), io_thread_->get_executor(),
                                                 Threads::one, std::move(clock));
    engine_ = engine;
    io_thread_->start([weak = std::weak_ptr<Engine>(engine)] {
        if (const auto self = weak.lock()) self->on_lost_operation();
    });
    engine->start();
}

LCM_CLIENT_DECL EngineOwner::EngineOwner(ClientConfig config, AnyTransportFactory factory,
                                         std::unique_ptr<const AnyClock> clock, const LoopExecutor& executor) {
    ensure_valid(config, factory);
    const auto engine =
        std::make_shared<Engine>(std::move(config), std::move(factory), executor, Threads::any, std::move(clock));
    engine_ = engine;
    engine->start();
}

LCM_CLIENT_DECL EngineOwner::EngineOwner(EngineOwner&&) noexcept = default;

LCM_CLIENT_DECL EngineOwner& EngineOwner::operator=(EngineOwner&& other) noexcept {
    if (this == &other) return *this;
    EngineOwner taken(std::move(other));
    taken.swap(*this);
    return *this;
}

LCM_CLIENT_DECL void EngineOwner::swap(EngineOwner& other) noexcept {
    io_thread_.swap(other.io_thread_);
    engine_.swap(other.engine_);
}

LCM_CLIENT_DECL EngineOwner::~EngineOwner() {
    if (!engine_) return;
    Engine& engine = engine_of(engine_);
    if (engine.is_elsewhere()) {
        engine.stay();
        static_cast<void>(io_thread_.release());
        return;
    }
    engine.stop_watching();
    engine.hooks().silence();
    engine.end_all(Errc::client_closed);
    engine.close_link(io_thread_ ? io_thread_->stopper() : [] {});
}

LCM_CLIENT_DECL void EngineOwner::close(std::chrono::milliseconds drain) {
    const std::shared_ptr<EngineInterface> kept = engine_; // a handler that runs in here may destroy this owner
    Engine& engine = engine_of(kept);
    if (engine.is_elsewhere()) return;
    const auto closed = std::make_shared<std::promise<void>>();
    std::function<void()> on_closed = [closed] { closed->set_value(); };
    engine.prepare_to_close();
    engine.refuse_requests();
    if (engine.is_in_loop()) return engine.close_now();

    drain = std::clamp(drain, std::chrono::milliseconds::zero(), longest_time);
    engine.wait_for_requests(drain);
    engine.end_all(Errc::client_closed);
    const auto done = closed->get_future();
    engine.close_link(std::move(on_closed));
    if (io_thread_) done.wait();
    else done.wait_for(drain);
    engine.hooks().silence_on_strand();
}

} // namespace lcm::detail

#endif
