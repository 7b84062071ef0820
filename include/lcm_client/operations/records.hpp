// SPDX-License-Identifier: BSL-1.0
// Replies and records that operations of several kinds share.
//
// What a field means stands in its row of the table below the members, and nowhere else.
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

namespace lcm::inline LCM_CLIENT_ABI {

/// Names and their values, as the server sends business fields.
using NamedValues = std::map<std::string, Sensitive<std::string>>;

/// What the server answers to an operation that sets something. A client gives it to the caller only when `success`
/// is true: `success: false` is an error with `Delivery::refused`, anything else one with `Delivery::unknown`.
struct OutcomeResponse {
    bool success = false;
    Sensitive<Json> others{}; ///< what the reply holds beyond it; null if nothing

    using Self = OutcomeResponse;
    static constexpr void fields(auto&& field) {
        field("success", &Self::success, Presence::required, "whether the server has set what was asked");
    }
};

/// What the server answers to an operation that sets something, where the form of the answer is not published. As for
/// all of its kind, nothing but `success: true` is taken for success; `raw` has the whole of it.
struct UnpublishedOutcomeResponse {
    bool success = false;
    Sensitive<Json> raw{}; ///< the whole payload

    using Self = UnpublishedOutcomeResponse;
    static constexpr void fields(auto&& field) {
        field("success", &Self::success, Presence::required, "whether the server has set what was asked");
    }
};

/// A telephony outcome that can be set.
struct CallOutcome {
    Number outcome_id{};
    std::string description{};
    Sensitive<Json> others{}; ///< what else the server says of it; null if nothing

    using Self = CallOutcome;
    static constexpr void fields(auto&& field) {
        field("OutComeID", &Self::outcome_id, Presence::optional, "the outcome's id; 0 is valid (Success)",
              {.form = Form::text});
        field("Description", &Self::description, Presence::optional, "the outcome's name");
    }
};

/// A business outcome that can be set.
struct BusinessOutcome {
    Number outcome_id{};
    std::string description{};
    Id campaign_id{};
    Number lead_score{};
    Number parent_id{};
    Sensitive<Json> others{}; ///< what else the server says of it; null if nothing

    using Self = BusinessOutcome;
    static constexpr void fields(auto&& field) {
        field("OutComeID", &Self::outcome_id, Presence::optional, "the outcome's id", {.form = Form::text});
        field("Description", &Self::description, Presence::optional, "the outcome's name");
        field("CampaignID", &Self::campaign_id, Presence::optional, "the campaign that the outcome belongs to");
        field("LeadScore", &Self::lead_score, Presence::optional,
              "the score that goes with the outcome; not set if the server names none", {.form = Form::text});
        field("ParentID", &Self::parent_id, Presence::optional,
              "the id of the outcome's parent; not set if it has none", {.form = Form::text});
    }
};

/// A mode, which is a way to reach a contact, such as "Home".
struct Mode {
    Number mode_id{};
    std::string description{};
    std::string channel_type{};
    Number min_length{};
    Number max_length{};
    Sensitive<std::string> cvalue{};
    std::optional<bool> pewc{};
    std::optional<bool> campaign_pewc{};
    Sensitive<Json> others{}; ///< what else the server says of it; null if nothing

    using Self = Mode;
    static constexpr void fields(auto&& field) {
        field("ModeID", &Self::mode_id, Presence::optional, "the mode's id", {.form = Form::text});
        field("Description", &Self::description, Presence::optional, "the mode's name");
        field("ChannelType", &Self::channel_type, Presence::optional,
              "a code such as 2, whose meaning is not published");
        field("MinLength", &Self::min_length, Presence::optional, "the least length of a number; often not set",
              {.form = Form::text});
        field("MaxLength", &Self::max_length, Presence::optional, "the greatest length of a number; often not set",
              {.form = Form::text});
        field("Cvalue", &Self::cvalue, Presence::optional,
              "the contact's telephone number; empty for the modes of a campaign");
        field("PEWC", &Self::pewc, Presence::optional, "the flag PEWC of the mode");
        field("CampaignPEWC", &Self::campaign_pewc, Presence::optional, "the flag PEWC of the campaign");
    }
};

} // namespace lcm

#endif
