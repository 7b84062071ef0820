// SPDX-License-Identifier: BSL-1.0
// The id of an outcome, which the interface documents as a string and sends as a number.
#ifndef LCM_CLIENT_PROTOCOL_OUTCOME_ID_HPP
#define LCM_CLIENT_PROTOCOL_OUTCOME_ID_HPP

#include <lcm_client/protocol/number.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace lcm::inline LCM_CLIENT_ABI {

/// The telephony outcomes whose ids the interface's pages show (get-available-outcomes, set-call-outcome-offline). An
/// open set: `OutcomeId` takes any other number or text, and `GetCallOutCome` asks the server for its list.
enum class TelephonyOutcome : std::int64_t {
    success = 0,           ///< Success
    abandoned = 1,         ///< Abandoned
    invalid = 2,           ///< Invalid
    busy = 3,              ///< Busy
    callback = 4,          ///< Callback
    dnc = 5,               ///< Do Not Call
    fax = 6,               ///< Fax
    answering_machine = 7, ///< Answering machine
    no_answer = 8,         ///< No answer
    reject = 9,            ///< Reject
};

/// An outcome's id, written to the wire as it was given: `OutcomeId(0)` leaves as `0`, `OutcomeId("0")` as `"0"`.
/// 0 is a valid id (Success). A default-made one is not set, which a mandatory field refuses.
class OutcomeId {
public:
    OutcomeId() noexcept = default;

    /// The id as an integer, which leaves as a number.
    template <detail::Integer T> OutcomeId(T id) noexcept : id_(Number(id)) {} // NOLINT(google-explicit-constructor)

    /// The id of an outcome that the server has listed. Not set, if the number is not, or is no whole one.
    template <std::same_as<Number> T> OutcomeId(T id) noexcept // NOLINT(google-explicit-constructor)
        : id_(id.is_whole() ? id : Number()) {}

    /// The id of an outcome that the pages show, which leaves as a number.
    OutcomeId(TelephonyOutcome id) noexcept : OutcomeId(static_cast<std::int64_t>(id)) {} // NOLINT
    /// The id as a text, which leaves as one.
    OutcomeId(std::string id) noexcept : id_(std::move(id)) {} // NOLINT
    /// The id as a text, which leaves as one.
    OutcomeId(std::string_view id) : id_(std::string(id)) {} // NOLINT
    /// The id as a text, which leaves as one.
    OutcomeId(const char* id) : id_(std::string(id)) {} // NOLINT
    OutcomeId(std::nullptr_t) = delete;

    /// Whether there is an id.
    [[nodiscard]] bool is_set() const noexcept {
        const auto* number = std::get_if<Number>(&id_);
        return number == nullptr || number->is_set();
    }
    /// Whether the id is a text.
    [[nodiscard]] bool is_text() const noexcept { return std::holds_alternative<std::string>(id_); }

    /// The number, if the id is not a text; not set if there is no id.
    [[nodiscard]] const Number* as_number() const noexcept { return std::get_if<Number>(&id_); }
    /// The text, if the id is one.
    [[nodiscard]] const std::string* as_text() const noexcept { return std::get_if<std::string>(&id_); }

    /// The id as text, whichever way it was given; empty if not set.
    [[nodiscard]] std::string text() const {
        const auto* number = std::get_if<Number>(&id_);
        return number != nullptr ? number->text() : std::get<std::string>(id_);
    }

    /// A number and its text are different ids, as they leave differently.
    friend bool operator==(const OutcomeId&, const OutcomeId&) = default;

private:
    std::variant<Number, std::string> id_;
};

} // namespace lcm

#endif
