// SPDX-License-Identifier: BSL-1.0
// Replies and records that operations of several kinds share.
#ifndef LCM_CLIENT_OPERATIONS_RECORDS_HPP
#define LCM_CLIENT_OPERATIONS_RECORDS_HPP

#include <lcm_client/json_value.hpp>
#include <lcm_client/protocol/field.hpp>
#include <lcm_client/protocol/number.hpp>
#include <lcm_client/protocol/text_value.hpp>
#include <lcm_client/sensitive.hpp>

#include <map>
#include <optional>
#include <string>

namespace lcm {

/// Names and their values, as the server sends business fields.
using NamedValues = std::map<std::string, Sensitive<std::string>>;

/// What the server answers to an operation that sets something. A client gives it to the caller only when `success`
/// is true: `success: false` is an error with `Delivery::refused`, anything else one with `Delivery::unknown`.
struct OutcomeResponse {
    bool success = false;     ///< it was set
    Sensitive<Json> others{}; ///< what the reply holds beyond it; null if nothing

    using Self = OutcomeResponse;
    static constexpr void fields(auto&& field) { field("success", &Self::success, Presence::required, "it was set"); }
};

/// What the server answers to an operation that sets something, where the form of the answer is not published. As for
/// all of its kind, nothing but `success: true` is taken for success; `raw` has the whole of it.
struct UnpublishedOutcomeResponse {
    bool success = false;  ///< it was set
    Sensitive<Json> raw{}; ///< the whole payload

    using Self = UnpublishedOutcomeResponse;
    static constexpr void fields(auto&& field) { field("success", &Self::success, Presence::required, "it was set"); }
};

/// A telephony outcome that can be set.
struct CallOutcome {
    Number outcome_id{};       ///< its id; 0 is valid (Success)
    std::string description{}; ///< its name
    Sensitive<Json> others{};  ///< what else the server says of it; null if nothing

    using Self = CallOutcome;
    static constexpr void fields(auto&& field) {
        field("OutComeID", &Self::outcome_id, Presence::optional, "the outcome's id, 0 is Success",
              {.form = Form::text});
        field("Description", &Self::description, Presence::optional, "the outcome's name");
    }
};

/// A business outcome that can be set.
struct BusinessOutcome {
    Number outcome_id{};       ///< its id
    std::string description{}; ///< its name
    Id campaign_id{};          ///< the campaign that it belongs to
    Number lead_score{};       ///< the score that goes with it; not set if the server names none
    Number parent_id{};        ///< the id of its parent; not set if it has none
    Sensitive<Json> others{};  ///< what else the server says of it; null if nothing

    using Self = BusinessOutcome;
    static constexpr void fields(auto&& field) {
        field("OutComeID", &Self::outcome_id, Presence::optional, "the outcome's id", {.form = Form::text});
        field("Description", &Self::description, Presence::optional, "the outcome's name");
        field("CampaignID", &Self::campaign_id, Presence::optional, "the campaign");
        field("LeadScore", &Self::lead_score, Presence::optional, "the score that goes with it", {.form = Form::text});
        field("ParentID", &Self::parent_id, Presence::optional, "the id of its parent", {.form = Form::text});
    }
};

/// A mode, which is a way to reach a contact, such as "Home".
struct Mode {
    Number mode_id{};                    ///< its id
    std::string description{};           ///< its name
    std::string channel_type{};          ///< such as "2"; what it means is not published
    Number min_length{};                 ///< the least length of a number; often not set
    Number max_length{};                 ///< the greatest length of a number; often not set
    Sensitive<std::string> cvalue{};     ///< the contact's telephone number; empty for the modes of a campaign
    std::optional<bool> pewc{};          ///< the flag PEWC of the mode
    std::optional<bool> campaign_pewc{}; ///< the flag PEWC of the campaign
    Sensitive<Json> others{};            ///< what else the server says of it; null if nothing

    using Self = Mode;
    static constexpr void fields(auto&& field) {
        field("ModeID", &Self::mode_id, Presence::optional, "the mode's id", {.form = Form::text});
        field("Description", &Self::description, Presence::optional, "the mode's name");
        field("ChannelType", &Self::channel_type, Presence::optional, "a code whose meaning is not published");
        field("MinLength", &Self::min_length, Presence::optional, "the least length of a number", {.form = Form::text});
        field("MaxLength", &Self::max_length, Presence::optional, "the greatest length of a number",
              {.form = Form::text});
        field("Cvalue", &Self::cvalue, Presence::optional, "the contact's telephone number");
        field("PEWC", &Self::pewc, Presence::optional, "the flag PEWC of the mode");
        field("CampaignPEWC", &Self::campaign_pewc, Presence::optional, "the flag PEWC of the campaign");
    }
};

} // namespace lcm

#endif
