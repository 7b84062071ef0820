// SPDX-License-Identifier: BSL-1.0
// The body of post_later.hpp.
#ifndef LCM_CLIENT_IMPL_POST_LATER_IPP
#define LCM_CLIENT_IMPL_POST_LATER_IPP

#include <lcm_client/impl/post_later.hpp>

#include <boost/asio/post.hpp>

#include <utility>

namespace lcm::inline LCM_CLIENT_ABI::detail {

LCM_CLIENT_DECL void post_later(const boost::asio::any_io_executor& executor, Handler<void()> function) {
    boost::asio::post(executor, std::move(function));
}

} // namespace lcm::detail

#endif
