"""Emails: to one person, and to everyone who asked for emails about a topic.

Register topics with the hook ``register_topics``. Put ``subscribe_link`` of ``macros/subscribe.html`` on the page that
a topic is about. Tell subscribers with ``notify_subscribers`` in the transaction of what happened; the template
extends ``mail/notification.txt``. Everything is sent after the commit, by a job.
"""

from folkmoot.mail.addresses import normal_address
from folkmoot.mail.fan_out import notify_subscribers
from folkmoot.spec.descriptors import Topic
from folkmoot.web.mailing import queue_mail

__all__ = ["Topic", "normal_address", "notify_subscribers", "queue_mail"]
