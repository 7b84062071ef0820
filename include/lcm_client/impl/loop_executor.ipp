// SPDX-License-Identifier: BSL-1.0
// The executors of Asio's that can be asked whether they run this thread.
#ifndef LCM_CLIENT_IMPL_LOOP_EXECUTOR_IPP
#define LCM_CLIENT_IMPL_LOOP_EXECUTOR_IPP

#include <lcm_client/loop_executor.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL bool is_running_here(const boost::asio::any_io_executor& erased) {
    using boost::asio::strand;
    using OfLoop = boost::asio::io_context::executor_type;
    using OfPool = boost::asio::thread_pool::executor_type;
    if (const auto* const loop = erased.target<OfLoop>()) return is_running_here(*loop);
    if (const auto* const over_loop = erased.target<strand<OfLoop>>()) return is_running_here(*over_loop);
    if (const auto* const pool = erased.target<OfPool>()) return is_running_here(*pool);
    if (const auto* const over_pool = erased.target<strand<OfPool>>()) return is_running_here(*over_pool);
    const auto* const over_any = erased.target<strand<boost::asio::any_io_executor>>();
    return over_any != nullptr && is_running_here(*over_any);
}

} // namespace lcm::detail

#endif
