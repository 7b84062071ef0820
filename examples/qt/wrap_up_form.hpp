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

#include <functional>

class WrapUpForm : public QWidget {
public:
    /// `server_for` makes the server whose functions call back for as long as there is the form.
    WrapUpForm(const std::function<Server(QObject* form)>& server_for, CallInfo call);

    WrapUp& wrap_up() noexcept { return wrap_up_; }

    QComboBox* const telephony;
    QComboBox* const business;
    QLineEdit* const comment;
    QSpinBox* const target;
    QPushButton* const submit;
    QLabel* const message;
    QLabel* const link;

private:
    void show_all();

    WrapUp wrap_up_;
};

#endif
