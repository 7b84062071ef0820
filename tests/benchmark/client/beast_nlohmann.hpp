// SPDX-License-Identifier: BSL-1.0
// Raw Beast with nlohmann_json both ways and a map of the calls in flight: what a program does that takes the parts as
// they come.
#ifndef LCM_CLIENT_BENCHMARK_CLIENT_BEAST_NLOHMANN_HPP
#define LCM_CLIENT_BENCHMARK_CLIENT_BEAST_NLOHMANN_HPP

#include "budget.hpp"
#include "raw_beast.hpp"
#include "sample.hpp"
#include "slots.hpp"

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

namespace lcm::bench {

class BeastNlohmann {
public:
    explicit BeastNlohmann(const Options& options)
        : options_(options), budget_(options), slots_(options.depth), connection_(make_raw_beast(loop_, options)) {}

    void run() {
        connection_->open(
            [this] {
                for (std::size_t slot = 0; slot < options_.depth; ++slot) send(slot);
            },
            [this](std::string_view text) { on_message(text); });
        loop_.run();
        budget_.print();
    }

private:
    static std::string encode(const Sample& sample) {
        const nlohmann::json message = {
            {"channel", "LCM"},
            {"topic", "WebService"},
            {"subtopic", "SetBusinessOutcomeWithCallOutcome"},
            {"source", sample.source},
            {"data",
             {{"callid", sample.callid},
              {"AccountNumber", sample.account_number},
              {"BusinessOutcome", sample.business_outcome},
              {"CallOutcome", sample.call_outcome},
              {"LeadScore", sample.lead_score},
              {"UserID", sample.user_id},
              {"AgentComments", sample.agent_comments},
              {"TargetAmount", sample.target_amount}}},
        };
        return message.dump();
    }

    void send(std::size_t slot) {
        if (!budget_.take()) return;
        Sample sample;
        sample.callid = slots_.next(slot);
        waiting_.emplace(sample.callid, slot);
        connection_->send(encode(sample));
    }

    void on_message(std::string_view text) {
        const auto message = nlohmann::json::parse(text);
        const auto& payload = message.at("message");
        const auto waiting = waiting_.find(payload.at("callid").get_ref<const std::string&>());
        if (waiting == waiting_.end() || !payload.at("response").at("success").get<bool>())
            throw std::runtime_error("not the expected reply");
        const std::size_t slot = waiting->second;
        waiting_.erase(waiting);
        if (budget_.answered()) return loop_.stop();
        send(slot);
    }

    Options options_;
    Budget budget_;
    Slots slots_;
    std::unordered_map<std::string, std::size_t> waiting_;
    boost::asio::io_context loop_{1};
    std::unique_ptr<RawBeast> connection_;
};

} // namespace lcm::bench

#endif
