// SPDX-License-Identifier: BSL-1.0
// The wrap-up form of examples/qt goes through its endings without a screen: over a script, whose clock stands still until
// the test moves it, and over both real transports.
#include "run_loop.hpp"

#include <examples/qt/wrap_up_form.hpp>

#include <support/catch.hpp>

#include <lcm_client/qt/executor.hpp>
#include <lcm_client/qt/transport.hpp>
#include <lcm_client/testing/manual_clock.hpp>
#include <lcm_client/testing/messages.hpp>
#include <lcm_client/testing/scripted_transport.hpp>
#include <lcm_client/testing/simulator.hpp>

#include <boost/asio/error.hpp>

#include <QApplication>
#include <QImage>
#include <QNetworkRequest>
#include <QPainter>
#include <QUrl>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using namespace lcm::tests;
using lcm::testing::Fault;
using lcm::testing::reply;
using State = WrapUp::State;

namespace {

const char* const both_lists =
    R"([{"OutComeID":"0","Description":"Success"},{"OutComeID":"9","Description":"Reject"}])";
const char* const family =
    R"([{"OutComeID":"100","Description":"Payment"},{"OutComeID":"101","Description":"Payment Done","ParentID":"100"},)"
    R"({"OutComeID":"102","Description":"Payment Failure","ParentID":"100"}])";

template <class Operation> std::string list_of(const std::string& records) {
    return R"({"channel":"LCM","topic":"WebService","subtopic":")" + std::string(Operation::operation.reply_subtopic) +
           R"(","message":{"callid":"12345","response":)" + records + "}}";
}

/// The form over a client of a transport's and a clock's type.
template <class Client> struct Desk {
    std::unique_ptr<WrapUpForm> form;
    std::unique_ptr<Client> client;

    template <class... Parts> explicit Desk(Parts&&... parts) {
        lcm::ClientConfig config{.source = "test",
                                 .hooks_executor = lcm::qt::executor(qApp),
                                 .on_state =
                                     [this](const lcm::LinkStatus& status) {
                                         if (form) form->wrap_up().on_link(status);
                                     },
                                 .on_settled =
                                     [this](const lcm::Settled& truth) {
                                         if (form) form->wrap_up().on_settled(truth);
                                     }};
        client = std::make_unique<Client>(std::move(config), std::forward<Parts>(parts)...);
        form = std::make_unique<WrapUpForm>(
            [this](QObject* context) { return Server::over(*client, lcm::qt::executor(context)); },
            CallInfo{.callid = "12345", .account_number = "5|3|1|0|0|44|1", .agent = "1234"});
    }
    ~Desk() { form.reset(); }

    [[nodiscard]] State state() const { return form->wrap_up().state(); }
    [[nodiscard]] bool reaches(State wanted) {
        return run_until([&] { return state() == wanted; });
    }
    [[nodiscard]] std::string text() const { return form->message->text().toStdString(); }
    void submit() { form->submit->click(); }
};

/// Over a script: nothing happens but what the test says.
struct Scripted : Desk<lcm::LcmClient<lcm::testing::ScriptedTransport, lcm::testing::ManualClock>> {
    lcm::testing::Script script;
    lcm::testing::ManualClock clock;

    explicit Scripted(lcm::testing::Script server = {}, lcm::testing::ManualClock time = {})
        : Desk(lcm::testing::scripted(server), lcm::qt::executor(qApp), time), script(server), clock(time) {}

    void lists(const char* telephony, const char* business) {
        settle();
        script.receive(list_of<lcm::GetCallOutCome>(telephony));
        script.receive(list_of<lcm::GetBusinessOutCome>(business));
        settle();
    }
    void ready() {
        lists(both_lists, family);
        REQUIRE(state() == State::editing);
        form->telephony->setCurrentIndex(2);
        form->business->setCurrentIndex(1);
        settle();
    }
    void settle() { // lets everything happen that can happen now
        for (int i = 0; i < 30; ++i) QCoreApplication::processEvents();
    }
    void pass(std::chrono::nanoseconds time) {
        clock.advance(time);
        settle();
    }
};

} // namespace

TEST_CASE("The form offers what the lists have, and the vendor's rules say what may be submitted") {
    Scripted desk;
    CHECK_FALSE(desk.form->submit->isEnabled());
    SECTION("a telephony outcome or a child of the business outcomes") {
        desk.lists(both_lists, family);
        CHECK(desk.form->telephony->count() == 3);
        CHECK(desk.form->business->count() == 3); // the parent cannot be chosen
        CHECK(desk.form->business->itemText(1) == "Payment Done");
        CHECK_FALSE(desk.form->submit->isEnabled());
        desk.form->business->setCurrentIndex(1);
        CHECK(desk.form->submit->isEnabled());
        desk.form->business->setCurrentIndex(0);
        CHECK_FALSE(desk.form->submit->isEnabled());
        desk.form->telephony->setCurrentIndex(1);
        CHECK(desk.form->submit->isEnabled());
    }
    SECTION("an empty list is disabled") {
        desk.lists("[]", family);
        CHECK_FALSE(desk.form->telephony->isEnabled());
        CHECK(desk.form->business->isEnabled());
    }
    SECTION("an only outcome is chosen from the beginning") {
        desk.lists(R"([{"OutComeID":"9","Description":"Reject"}])", "[]");
        CHECK(desk.form->telephony->currentText() == "Reject");
        CHECK(desk.form->submit->isEnabled());
    }
}

TEST_CASE("Lists that could not be loaded are loaded when there is a link again") {
    Scripted desk;
    desk.script.fail_open(lcm::Errc::connect_failed);
    desk.settle();
    CHECK(desk.state() == State::loading);
    desk.pass(11s);
    CHECK(desk.text() == "The outcomes could not be loaded.\nThey are loaded when there is a link again.");
    desk.script.fail_open({});
    for (int i = 0; i < 30 && desk.state() == State::not_loaded; ++i) desk.pass(1s);
    CHECK(desk.form->link->text() == "connected");
    CHECK(desk.state() == State::loading);
    desk.ready();
}

TEST_CASE("What is chosen decides which operation sets it") {
    Scripted desk;
    desk.ready();
    const auto sent = [&](const char* operation) {
        desk.submit();
        desk.settle();
        return desk.script.sent().back().find(operation) != std::string::npos;
    };
    SECTION("both") { CHECK(sent("\"SetBusinessOutcomeWithCallOutcome\"")); }
    SECTION("a business outcome alone") {
        desk.form->telephony->setCurrentIndex(0);
        CHECK(sent("\"SetBusinessOutcomeWithComments\""));
    }
    SECTION("a telephony outcome alone") {
        desk.form->business->setCurrentIndex(0);
        CHECK(sent("\"SetCallOutcomeWithComments\""));
    }
}

TEST_CASE("Each ending is told with what is to be done, and nothing is submitted twice") {
    using Set = lcm::SetBusinessOutcomeWithCallOutcome;
    Scripted desk;
    desk.ready();
    const std::size_t before = desk.script.sent().size();
    SECTION("accepted") {
        desk.submit();
        desk.settle();
        CHECK(desk.state() == State::saving);
        desk.submit(); // the button is disabled
        desk.settle();
        CHECK(desk.script.sent().size() == before + 1);
        desk.script.receive(reply<Set>("12345"));
        desk.settle();
        CHECK(desk.text() == "Saved.");
        CHECK_FALSE(desk.form->submit->isEnabled());
    }
    SECTION("refused") {
        desk.submit();
        desk.settle();
        desk.script.receive(reply<Set>("12345", false));
        desk.settle();
        CHECK(desk.text() == "The server refused it.\nCorrect it, and submit it again.");
        CHECK(desk.form->submit->isEnabled());
    }
    SECTION("refused, with the server's words") {
        desk.submit();
        desk.settle();
        desk.script.receive(lcm::testing::ws_error("Invalid Call ID:12345"));
        desk.settle();
        CHECK(desk.text() == "The server refused it: Invalid Call ID.\nCorrect it, and submit it again.");
    }
    SECTION("not sent, since there is no link") {
        desk.script.fail_open(lcm::Errc::connect_failed);
        desk.script.drop(boost::asio::error::connection_reset);
        desk.settle();
        CHECK(desk.form->link->text() == "no link, trying again");
        desk.submit();
        desk.settle();
        desk.pass(11s);
        CHECK(desk.text() == "It was not sent: nothing has been set.\nWait for the link, then submit it again.");
        CHECK(desk.form->submit->isEnabled());
    }
    SECTION("unknown, and the truth comes late") {
        desk.submit();
        desk.settle();
        desk.pass(11s);
        CHECK(desk.text() == "It may have been set: no answer came.\nLook the call up before you submit it again.");
        desk.script.receive(reply<Set>("12345"));
        desk.settle();
        CHECK(desk.text() == "It was saved after all.");
        CHECK_FALSE(desk.form->submit->isEnabled());
    }
}

TEST_CASE("A form that is closed while it waits is told nothing more") {
    Scripted desk;
    desk.ready();
    desk.submit();
    desk.settle();
    desk.form.reset();
    desk.script.receive(reply<lcm::SetBusinessOutcomeWithCallOutcome>("12345"));
    desk.settle();
    CHECK(desk.client->stats().pending == 0);
}

namespace {

template <class Form> void check_over_a_network(Form& desk, lcm::testing::Simulator& simulator) {
    REQUIRE(desk.reaches(State::editing));
    desk.form->telephony->setCurrentIndex(1);
    desk.form->business->setCurrentIndex(1);
    simulator.set_fault(Fault::success_false);
    desk.submit();
    REQUIRE(desk.reaches(State::refused));
    simulator.set_fault(Fault::drop_before_answer);
    desk.submit();
    REQUIRE(desk.reaches(State::unknown));
    simulator.set_fault(Fault::none);
    REQUIRE(run_until([&] { return desk.form->link->text() == "connected"; }));
    desk.submit();
    REQUIRE(desk.reaches(State::saved));
}

} // namespace

TEST_CASE("The form works over the library's WebSocket") {
    lcm::testing::Simulator simulator;
    Desk<lcm::Client> desk(lcm::websocket({.url = simulator.url()}));
    check_over_a_network(desk, simulator);
}

TEST_CASE("The form works over Qt's WebSocket") {
    lcm::testing::Simulator simulator;
    const QUrl url(QString::fromStdString(simulator.url()));
    Desk<lcm::LcmClient<lcm::PushTransport>> desk(
        lcm::qt::websocket({.request = [=] { return QNetworkRequest(url); }}));
    check_over_a_network(desk, simulator);
}

// LCM_CLIENT_PICTURE names the file to write, as examples/qt/states.png.
TEST_CASE("The form's states make a picture") {
    using Set = lcm::SetBusinessOutcomeWithCallOutcome;
    std::vector<QImage> states;
    const auto take = [&](Scripted& desk) {
        desk.form->resize(300, 230);
        states.push_back(desk.form->grab().toImage());
    };
    const auto ending = [&](auto end) {
        Scripted desk;
        desk.ready();
        desk.form->comment->setText("Test comment");
        desk.form->target->setValue(250);
        end(desk);
        desk.settle();
        take(desk);
    };
    const auto submitted = [](Scripted& desk) {
        desk.submit();
        desk.settle();
    };
    ending([](Scripted&) {});
    ending([&](Scripted& desk) {
        submitted(desk);
        desk.script.receive(reply<Set>("12345"));
    });
    ending([&](Scripted& desk) {
        submitted(desk);
        desk.script.receive(lcm::testing::ws_error("Invalid Call ID:12345"));
    });
    ending([&](Scripted& desk) {
        desk.script.fail_open(lcm::Errc::connect_failed);
        desk.script.drop(boost::asio::error::connection_reset);
        submitted(desk);
        desk.pass(11s);
    });
    ending([&](Scripted& desk) {
        submitted(desk);
        desk.pass(11s);
    });
    ending([&](Scripted& desk) {
        submitted(desk);
        desk.pass(11s);
        desk.script.receive(reply<Set>("12345"));
    });
    REQUIRE(states.size() == 6);
    QImage picture(3 * 310 - 10, 2 * 240 - 10, QImage::Format_RGB32);
    picture.fill(Qt::white);
    QPainter painter(&picture);
    for (int i = 0; i < 6; ++i) painter.drawImage(i % 3 * 310, i / 3 * 240, states[static_cast<std::size_t>(i)]);
    painter.end();
    for (std::size_t i = 1; i < states.size(); ++i) CHECK(states[i] != states[i - 1]);
    if (const char* const file = std::getenv("LCM_CLIENT_PICTURE")) CHECK(picture.save(file));
}
