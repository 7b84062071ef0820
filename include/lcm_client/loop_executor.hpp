// SPDX-License-Identifier: BSL-1.0
// The executor that an application gives to a client, and whether a thread is running it.
#ifndef LCM_CLIENT_LOOP_EXECUTOR_HPP
#define LCM_CLIENT_LOOP_EXECUTOR_HPP

#include <lcm_client/impl/abi.hpp>
#include <lcm_client/impl/compilation.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <concepts>

namespace lcm::inline LCM_CLIENT_ABI::detail {

template <class E>
concept CanBeAsked = requires(const E& executor) {
    { executor.running_in_this_thread() } -> std::convertible_to<bool>;
};

template <class E>
concept IsStrand = requires(const E& executor) {
    executor.get_inner_executor();
};

/// Of an executor whose type is lost, Asio's own can be asked.
[[nodiscard]] LCM_CLIENT_DECL bool is_running_here(const boost::asio::any_io_executor& erased);

/// Whether this thread is running what is behind the executor, as far as it can be asked. A strand over a loop counts
/// as soon as the loop is running here: whoever waits then keeps the strand from going on.
template <class E> [[nodiscard]] bool is_running_here(const E& executor) {
    if constexpr (CanBeAsked<E>)
        if (executor.running_in_this_thread()) return true;
    if constexpr (IsStrand<E>) return is_running_here(executor.get_inner_executor());
    return false;
}

} // namespace lcm::detail

namespace lcm::inline LCM_CLIENT_ABI {

/// Any executor that Asio's `any_io_executor` can hold, made from it without a word. If it has a member
/// `running_in_this_thread()`, the client sees when it is called from a thread that runs it, and does not wait there.
class LoopExecutor {
public:
    /// Of any executor, with its own answer to whether it runs here.
    template <std::convertible_to<boost::asio::any_io_executor> E>
    requires(!std::same_as<E, LoopExecutor>) LoopExecutor(const E& executor) // NOLINT(google-explicit-constructor)
        : executor_(executor), ask_(&ask<E>) {}

    /// The executor of an `io_context` that no second thread ever runs, as that of a desktop: the client then needs no
    /// strand over it, which is much of what a request costs. With any other type of executor it is only an executor.
    template <class E> [[nodiscard]] static LoopExecutor single_threaded(const E& executor) {
        LoopExecutor single(executor);
        single.is_single_threaded_ = true;
        return single;
    }

    /// The executor that it was made from.
    [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
    /// Whether it was made by `single_threaded`.
    [[nodiscard]] bool is_single_threaded() const noexcept { return is_single_threaded_; }
    /// Whether this thread is running it, as far as can be seen.
    [[nodiscard]] bool is_running_here() const { return ask_(executor_); }

private:
    template <class E> static bool ask(const boost::asio::any_io_executor& erased) {
        if constexpr (std::same_as<E, boost::asio::any_io_executor>) return detail::is_running_here(erased);
        else {
            const E* const executor = erased.target<E>();
            return executor != nullptr ? detail::is_running_here(*executor) : detail::is_running_here(erased);
        }
    }

    boost::asio::any_io_executor executor_;
    bool (*ask_)(const boost::asio::any_io_executor& erased);
    bool is_single_threaded_ = false;
};

} // namespace lcm

#ifndef LCM_CLIENT_SEPARATE_COMPILATION
#include <lcm_client/impl/loop_executor.ipp>
#endif

#endif
