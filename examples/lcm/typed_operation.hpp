// SPDX-License-Identifier: BSL-1.0
// From an operation's struct to an operation without a type. Included by the catalogue alone: it is dear to compile.
#ifndef LCM_COMMAND_TYPED_OPERATION_HPP
#define LCM_COMMAND_TYPED_OPERATION_HPP

#include "client.hpp"
#include "field_info.hpp"
#include "from_flag.hpp"
#include "from_json.hpp"
#include "keep.hpp"
#include "operation.hpp"
#include "to_json.hpp"

#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/reply.hpp>
#include <lcm_client/result.hpp>

#include <boost/asio/io_context.hpp>

#include <concepts>
#include <cstdint>
#include <future>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lcm_command {

/// Tells of an ending without the type of the response. One handler for all requests with the same response, with an
/// executor of its own: each further type that the client sees takes the compiler seconds.
template <class Response> struct Tell {
    using executor_type = boost::asio::io_context::executor_type;

    [[nodiscard]] executor_type get_executor() const noexcept { return executor; }

    void operator()(const lcm::Result<Response>& result) const {
        if (result) on_end({lcm::Delivery::accepted, ToJson::write(*result), {}});
        else on_end({result.error().delivery, {}, result.error()});
    }

    executor_type executor;
    AnyRequest::OnEnd on_end;
};

template <lcm::Request R> class TypedRequest final : public AnyRequest {
public:
    [[nodiscard]] std::string_view subtopic() const override { return R::operation.subtopic; }
    [[nodiscard]] std::string callid() const override { return lcm::callid_of(request_); }

    void set(std::string_view name, const std::string& text) override {
        lcm::for_each_field<R>([&](const auto& field) {
            if (field.name == name) FromFlag::read("--" + std::string(name), text, request_.*field.member);
        });
    }

    void read(const std::string& source, const lcm::Json& data) override {
        R request{};
        FromJson::read(source, data, request);
        request_ = std::move(request);
    }

    [[nodiscard]] std::unique_ptr<AnyRequest> numbered(std::uint64_t number) const override {
        auto copy = std::make_unique<TypedRequest>(*this);
        if constexpr (requires { std::string(request_.callid); }) {
            const std::string callid = copy->request_.callid;
            if (!callid.empty()) copy->request_.callid = callid + '-' + std::to_string(number);
        }
        return copy;
    }

    void start(CommandClient& client, boost::asio::io_context& loop, std::stop_token stop,
               OnEnd on_end) const override {
        client.client.async_call(request_, {.stop = std::move(stop)},
                                 Tell<typename R::Response>{loop.get_executor(), std::move(on_end)});
    }

    [[nodiscard]] std::future<std::uint64_t> keep(CommandOutbox& outbox) const override {
        return lcm_command::keep(outbox, request_);
    }

private:
    R request_{};
};

// What the table of a response says, and the record of a list for the table of the list.
template <class Response> struct ReplyTable {
    static ReplyInfo describe() { return {.fields = describe_fields<Response>()}; }
};
template <lcm::Described Record> struct ReplyTable<lcm::List<Record>> {
    static ReplyInfo describe() { return {.is_list = true, .fields = describe_fields<Record>()}; }
};
template <class Value> struct ReplyTable<lcm::List<Value>> {
    static ReplyInfo describe() { return {.is_list = true, .fields = {}}; }
};

template <lcm::Request R> class TypedOperation final : public AnyOperation {
public:
    [[nodiscard]] const lcm::Operation& names() const override { return R::operation; }
    [[nodiscard]] std::vector<FieldInfo> fields() const override { return describe_fields<R>(); }
    [[nodiscard]] ReplyInfo reply() const override {
        ReplyInfo info = ReplyTable<typename R::Response>::describe();
        info.is_sent = !R::operation.reply_subtopic.empty();
        info.has_others = requires(const typename R::Response& response) { response.others.reveal(); };
        info.has_raw = requires(const typename R::Response& response) { response.raw.reveal(); };
        return info;
    }
    [[nodiscard]] std::unique_ptr<AnyRequest> make_request() const override {
        return std::make_unique<TypedRequest<R>>();
    }
};

} // namespace lcm_command

#endif
