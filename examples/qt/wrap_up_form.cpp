// SPDX-License-Identifier: BSL-1.0
// The widgets of the wrap-up.
#include "wrap_up_form.hpp"

#include <lcm_client/qt/executor.hpp>

#include <QFormLayout>
#include <QSignalBlocker>
#include <QString>

#include <cstddef>
#include <optional>
#include <utility>

namespace {

// The first row is no choice.
void show_choices(QComboBox& box, const Choices& choices) {
    const QSignalBlocker silence(&box);
    box.clear();
    box.addItem(choices.all.empty() ? "(none)" : "(choose)");
    for (const Choice& choice : choices.all) box.addItem(QString::fromStdString(choice.name));
    box.setCurrentIndex(choices.chosen ? static_cast<int>(*choices.chosen) + 1 : 0);
    box.setEnabled(!choices.all.empty());
}

std::optional<std::size_t> choice_of(int row) {
    if (row < 1) return std::nullopt;
    return static_cast<std::size_t>(row - 1);
}

const char* colour_of(WrapUp::State state) {
    switch (state) {
    case WrapUp::State::saved: return "#1b7837";
    case WrapUp::State::refused: return "#b2182b";
    case WrapUp::State::not_sent:
    case WrapUp::State::waits_for_do_not_call: return "#b35806";
    case WrapUp::State::unknown: return "#762a83";
    default: return "#444444";
    }
}

} // namespace

WrapUpForm::WrapUpForm(lcm::AnyClient& client, CallInfo call)
    : telephony(new QComboBox(this)), business(new QComboBox(this)), comment(new QLineEdit(this)),
      target(new QSpinBox(this)), submit(new QPushButton("Submit", this)),
      looked_up(new QPushButton("I have looked up Do Not Call", this)), message(new QLabel(this)),
      link(new QLabel(this)), wrap_up_(client, lcm::qt::executor(this), std::move(call), [this] { show_all(); }) {
    auto* const rows = new QFormLayout(this);
    rows->addRow("Telephony outcome", telephony);
    rows->addRow("Business outcome", business);
    rows->addRow("Comment", comment);
    rows->addRow("Target", target);
    rows->addRow(submit);
    rows->addRow(looked_up);
    rows->addRow(message);
    rows->addRow("Link", link);
    target->setMaximum(1'000'000);
    message->setWordWrap(true);
    message->setMinimumHeight(48);
    const auto changed = QOverload<int>::of(&QComboBox::currentIndexChanged);
    connect(telephony, changed, this, [this](int row) { wrap_up_.choose_telephony(choice_of(row)); });
    connect(business, changed, this, [this](int row) { wrap_up_.choose_business(choice_of(row)); });
    connect(submit, &QPushButton::clicked, this,
            [this] { wrap_up_.submit(comment->text().toStdString(), target->value()); });
    connect(looked_up, &QPushButton::clicked, this, [this] { wrap_up_.resolve_do_not_call(); });
    looked_up->hide();
    wrap_up_.load();
}

void WrapUpForm::show_all() {
    show_choices(*telephony, wrap_up_.telephony());
    show_choices(*business, wrap_up_.business());
    submit->setEnabled(wrap_up_.can_submit());
    looked_up->setVisible(wrap_up_.waits_for_do_not_call());
    message->setText(QString::fromStdString(wrap_up_.message() + "\n" + wrap_up_.advice()).trimmed());
    message->setStyleSheet(QString("color: %1").arg(colour_of(wrap_up_.state())));
    link->setText(QString::fromStdString(wrap_up_.link()));
}
