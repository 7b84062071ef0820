// SPDX-License-Identifier: BSL-1.0
// A text together with what was read from it, for tests that have a text and need a view.
#ifndef LCM_CLIENT_TESTS_SUPPORT_JSON_TEXT_HPP
#define LCM_CLIENT_TESTS_SUPPORT_JSON_TEXT_HPP

#include <lcm_client/json.hpp>
#include <lcm_client/json_document.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace lcm::tests {

/// Must be JSON, and live as long as its view is used.
class JsonText {
public:
    explicit JsonText(std::string text) : text_(std::move(text)) {
        if (!document_.parse(text_, text_.size())) throw std::invalid_argument(document_.problem());
    }

    [[nodiscard]] static JsonText of(const Json& json) { return JsonText(json.dump()); }

    [[nodiscard]] JsonView view() const noexcept { return document_.root(); }
    operator JsonView() const noexcept { return view(); } // NOLINT(google-explicit-constructor): to be read as a view

private:
    std::string text_;
    JsonDocument document_;
};

} // namespace lcm::tests

#endif
