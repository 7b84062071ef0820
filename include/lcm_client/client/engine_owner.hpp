// SPDX-License-Identifier: BSL-1.0
// Makes the engine of a client, with a thread of its own if the application gives no executor, and ends both.
#ifndef LCM_CLIENT_CLIENT_ENGINE_OWNER_HPP
#define LCM_CLIENT_CLIENT_ENGINE_OWNER_HPP

#include <lcm_client/client/any_transport.hpp>
#include <lcm_client/client/engine_interface.hpp>
#include <lcm_client/config.hpp>
#include <lcm_client/impl/any_clock.hpp>
#include <lcm_client/impl/compilation.hpp>
#include <lcm_client/loop_executor.hpp>

#include <chrono>
#include <memory>

namespace lcm::inline LCM_CLIENT_ABI::detail {

class IoThread;

/// What `AnyClient` is behind its templates, with the same contracts: see the constructors, the destructor and
/// `close()` there. One that was moved from can only be destroyed or assigned to.
class EngineOwner {
public:
    LCM_CLIENT_DECL EngineOwner(ClientConfig config, AnyTransportFactory factory,
                                std::unique_ptr<const AnyClock> clock);
    LCM_CLIENT_DECL EngineOwner(ClientConfig config, AnyTransportFactory factory, std::unique_ptr<const AnyClock> clock,
                                const LoopExecutor& executor);
    LCM_CLIENT_DECL EngineOwner(EngineOwner&& other) noexcept;
    LCM_CLIENT_DECL EngineOwner& operator=(EngineOwner&& other) noexcept;
    LCM_CLIENT_DECL ~EngineOwner();

    [[nodiscard]] const std::shared_ptr<EngineInterface>& engine() const noexcept { return engine_; }
    [[nodiscard]] bool has_thread() const noexcept { return io_thread_ != nullptr; }
    LCM_CLIENT_DECL void close(std::chrono::milliseconds drain);

private:
    LCM_CLIENT_DECL void swap(EngineOwner& other) noexcept;

    std::unique_ptr<IoThread> io_thread_; // goes last: handlers that are under way may need the thread
    std::shared_ptr<EngineInterface> engine_;
};

} // namespace lcm::detail

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/client/impl/engine_owner.ipp>
#endif

#endif
