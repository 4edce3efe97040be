"""Django's mail, in the background."""

from __future__ import annotations

from django_activejob.job.handlers import rescue_from
from django_activejob.mail import interceptors, log_subscriber
from django_activejob.mail.actions import action
from django_activejob.mail.bulk import adeliver_all_later, deliver_all_later
from django_activejob.mail.callbacks import (
    after_action,
    after_deliver,
    around_action,
    around_deliver,
    before_action,
    before_deliver,
)
from django_activejob.mail.delivery import MailDeliveryJob
from django_activejob.mail.failures import TemporaryFailure
from django_activejob.mail.interceptors import (
    register_interceptor,
    register_observer,
    unregister_interceptor,
    unregister_observer,
)
from django_activejob.mail.mailer import Mailer
from django_activejob.mail.message_classes import register_message_class
from django_activejob.mail.message_delivery import MessageDelivery
from django_activejob.mail.messages import DeliverLaterMixin, adeliver_later, deliver_later
from django_activejob.mail.previews import MailerPreview
from django_activejob.mail.sending import (
    amail_admins_later,
    amail_managers_later,
    asend_mail_later,
    asend_mass_mail_later,
    mail_admins_later,
    mail_managers_later,
    send_mail_later,
    send_mass_mail_later,
)

__all__ = [
    "DeliverLaterMixin",
    "MailDeliveryJob",
    "Mailer",
    "MailerPreview",
    "MessageDelivery",
    "TemporaryFailure",
    "action",
    "adeliver_all_later",
    "adeliver_later",
    "after_action",
    "after_deliver",
    "amail_admins_later",
    "amail_managers_later",
    "around_action",
    "around_deliver",
    "asend_mail_later",
    "asend_mass_mail_later",
    "before_action",
    "before_deliver",
    "deliver_all_later",
    "deliver_later",
    "mail_admins_later",
    "mail_managers_later",
    "register_interceptor",
    "register_message_class",
    "register_observer",
    "rescue_from",
    "send_mail_later",
    "send_mass_mail_later",
    "unregister_interceptor",
    "unregister_observer",
]

interceptors.connect()
log_subscriber.connect()
