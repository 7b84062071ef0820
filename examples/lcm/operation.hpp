// SPDX-License-Identifier: BSL-1.0
// An operation of the interface without its type: what it is called, its fields, and requests to fill and to send. All
// of it comes from the operation's struct; the catalogue has one for each.
#ifndef LCM_COMMAND_OPERATION_HPP
#define LCM_COMMAND_OPERATION_HPP

#include "ordered_json.hpp"

#include <lcm_client/json.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/result.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lcm_command {

struct CommandClient;
struct CommandOutbox;

/// One row of a field table, in words.
struct FieldInfo {
    std::string name;      ///< on the wire
    std::string flag_type; ///< what follows the flag, for the help of `lcm call`
    std::string format;    ///< what a value looks like, in words
    lcm::Presence presence;
    std::string allowed; ///< as "VOICE" or "INBOUND or OUTBOUND"; empty if any value is
    std::string meaning;
    std::vector<FieldInfo> members; ///< of the record, or of the records in the list
    std::string example;            ///< an argument for the flag
};

/// What the server answers to an operation.
struct ReplyInfo {
    bool is_sent = true;     ///< else a request is only ever accepted for sending
    bool is_list = false;    ///< a list of records, or of plain values if there are no `fields`
    bool has_others = false; ///< what no field takes is kept
    bool has_raw = false;    ///< the whole payload is kept, since its form is not published to the end
    std::vector<FieldInfo> fields{};
};

/// How a request ended.
struct Ending {
    lcm::Delivery delivery = lcm::Delivery::not_sent;
    OrderedJson response; ///< if it was accepted
    lcm::Error error;     ///< if it was not
};

/// A request to be filled and sent. Not thread-safe.
class AnyRequest {
public:
    using OnEnd = std::function<void(const Ending&)>;

    virtual ~AnyRequest() = default;

    /// The name of its operation.
    [[nodiscard]] virtual std::string_view subtopic() const = 0;
    /// The call that it is about; empty if it names none.
    [[nodiscard]] virtual std::string callid() const = 0;

    /// Fills the field from the argument of its flag. Throws `UsageError` if `text` is no such value.
    virtual void set(std::string_view field, const std::string& text) = 0;
    /// Fills it anew from `data`, an object with the fields' names, which the user knows as `source`. Throws
    /// `UsageError`, which names the member that is unknown or of a wrong type.
    virtual void read(const std::string& source, const lcm::Json& data) = 0;

    /// A copy, for the call with `number` after its id. An empty call stays empty, so that the library itself says what
    /// is missing.
    [[nodiscard]] virtual std::unique_ptr<AnyRequest> numbered(std::uint64_t number) const = 0;

    /// Sends it, until `stop` cancels it; `on_end` runs on `loop`, never inside this call.
    virtual void start(CommandClient& client, boost::asio::io_context& loop, std::stop_token stop,
                       OnEnd on_end) const = 0;

    /// Puts it into the outbox: the future gives its number there when it is on disk, or throws `lcm::LcmError`. Throws
    /// `UsageError` if it only reads.
    [[nodiscard]] virtual std::future<std::uint64_t> keep(CommandOutbox& outbox) const = 0;
};

/// One operation. Thread-safe.
class AnyOperation {
public:
    virtual ~AnyOperation() = default;

    [[nodiscard]] virtual const lcm::Operation& names() const = 0;
    [[nodiscard]] virtual std::vector<FieldInfo> fields() const = 0;
    [[nodiscard]] virtual ReplyInfo reply() const = 0;
    [[nodiscard]] virtual std::unique_ptr<AnyRequest> make_request() const = 0;
};

} // namespace lcm_command

#endif
