// SPDX-License-Identifier: BSL-1.0
// The form over a wrap-up: it shows what that says, and hands on what the agent does.
#ifndef LCM_EXAMPLES_QT_WRAP_UP_FORM_HPP
#define LCM_EXAMPLES_QT_WRAP_UP_FORM_HPP

#include "wrap_up.hpp"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QWidget>

class WrapUpForm : public QWidget {
public:
    /// An answer that comes when the form has been closed reaches nobody. `client` must outlive the form.
    WrapUpForm(lcm::AnyClient& client, CallInfo call);

    WrapUp& wrap_up() noexcept { return wrap_up_; }

    QComboBox* const telephony;
    QComboBox* const business;
    QLineEdit* const comment;
    QSpinBox* const target;
    QPushButton* const submit;
    QPushButton* const looked_up; // shown while a Do Not Call is in the way
    QLabel* const message;
    QLabel* const link;

private:
    void show_all();

    WrapUp wrap_up_;
};

#endif
